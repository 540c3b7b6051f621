import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchResult } from './bench.ts';
import type { Machine } from './machine.ts';

/** One run of one bench, as it is kept. */
export interface SavedResult extends BenchResult {
  bench: string;
  quick: boolean;
  /** ISO 8601, UTC. */
  at: string;
  commit: string | null;
  machine: Machine;
}

/** Writes `<folder>/<bench>/<time>.json`; a run that had problems is kept too, and says so. */
export function saveResult(folder: string, result: SavedResult): string {
  const own = join(folder, result.bench);
  mkdirSync(own, { recursive: true });
  const file = join(own, `${result.at.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}
