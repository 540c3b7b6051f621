import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { runUpgrade } from './run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlour-upgrade-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('D8: nodes are upgraded one by one to another schema and protocol; no visitor is shown an error', async () => {
  const lines: string[] = [];
  const { violations, pages, writtenByNext } = await runUpgrade({
    seed: 7,
    size: { nodes: 2, visitors: 3, agents: 1 },
    folder,
    actMs: 1_500,
    // How quickly is the chaos run's business, on a machine of its own.
    patience: 10,
    say: (line) => lines.push(line),
  });
  expect(violations, lines.join('\n')).toEqual([]);
  // Pages of the release before went on, and came back as the next one.
  const loaded = Object.values(pages);
  expect(loaded.map(([first]) => first)).toContain(PROTOCOL_VERSION);
  for (const protocols of loaded) expect(protocols.at(-1)).toBe(PROTOCOL_VERSION + 1);
  expect(writtenByNext).toBeGreaterThan(0);
}, 300_000);
