import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Point = z.tuple([z.number(), z.number()]);

/** One run of one bench, as it is kept. Files of other releases are read too: what they add is left out. */
export const SavedResult = z.object({
  bench: z.string(),
  quick: z.boolean(),
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  commit: z.string().nullable(),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
    node: z.string(),
    loadBefore: z.number(),
  }),
  metrics: z.array(z.object({ metric: z.string(), value: z.number(), unit: z.string() })),
  series: z
    .array(
      z.object({
        title: z.string(),
        x: z.string(),
        y: z.string(),
        scale: z.enum(['linear', 'log']).optional(),
        lines: z.array(z.object({ name: z.string(), points: z.array(Point) })),
      }),
    )
    .optional(),
  notes: z.array(z.string()),
  problems: z.array(z.string()),
});
export type SavedResult = z.infer<typeof SavedResult>;

/** Writes `<folder>/<bench>/<time>.json`; a run that had problems is kept too, and says so. */
export function saveResult(folder: string, result: SavedResult): string {
  const own = join(folder, result.bench);
  mkdirSync(own, { recursive: true });
  const file = join(own, `${result.at.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

export interface SavedResults {
  /** From the oldest to the newest. */
  results: SavedResult[];
  /** Files that cannot be read, and why. */
  damaged: { file: string; reason: string }[];
}

function readResult(file: string): SavedResult {
  const parsed = SavedResult.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

/** Every run under `folder`, as `saveResult` wrote them. A damaged file is named and left out. */
export function readResults(folder: string): SavedResults {
  const results: SavedResult[] = [];
  const damaged: SavedResults['damaged'] = [];
  const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  for (const { name } of names.filter((entry) => entry.isDirectory())) {
    for (const entry of readdirSync(join(folder, name)).filter((one) => one.endsWith('.json'))) {
      const file = `${name}/${entry}`;
      try {
        results.push(readResult(join(folder, name, entry)));
      } catch (error) {
        damaged.push({ file, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  results.sort((a, b) => a.at.localeCompare(b.at));
  return { results, damaged };
}
