import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { env } from '#lib/env.ts';
import { checkout } from '#scripts/launcher/checkout.ts';
import { openDatabase } from '#scripts/launcher/database.ts';
import type { Bench, BenchResult, Metric } from './bench.ts';
import { createBenchDatabase, createSeeded } from './databases.ts';
import { BENCHES } from './index.ts';
import { commitHere, thisMachine } from './machine.ts';
import { saveResult } from './results.ts';

async function runBench(
  bench: Bench,
  server: { url: string; embedded: boolean },
  quick: boolean,
): Promise<BenchResult> {
  const undo: (() => Promise<unknown>)[] = [];
  const parent = join(env().dataDir, 'runs');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `${bench.name}-`));
  const began = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
    console.log(`${seconds} s  ${line}`);
  };
  try {
    return await bench.run({
      quick,
      folder,
      say,
      after: (work) => undo.push(work),
      async createDatabase(seed) {
        const database = seed
          ? await createSeeded(server.url, seed, server.embedded)
          : await createBenchDatabase(server.url);
        undo.push(() => database.drop());
        return database;
      },
    });
  } finally {
    for (const work of undo.reverse()) {
      await work().catch((error: unknown) => console.error('could not tidy up:', error));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(name: string, result: BenchResult): void {
  const width = Math.max(0, ...result.metrics.map(({ metric }) => metric.length)) + name.length + 1;
  for (const { metric, value, unit } of result.metrics) {
    console.log(`  ${`${name}.${metric}`.padEnd(width)}  ${format(value)} ${unit}`);
  }
  for (const note of result.notes) console.log(`  · ${note}`);
  for (const problem of result.problems) console.log(`  ✗ ${problem}`);
}

const format = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

/** `NAME… [--quick] [--json FILE]`; no name means all. @returns the exit code */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    console.error(`There is no bench "${unknown}"; choose of ${Object.keys(BENCHES).join(', ')}.`);
    return 1;
  }
  const metrics: Metric[] = [];
  let failed = false;
  const database = await openDatabase(env());
  try {
    for (const name of names) {
      const bench = await BENCHES[name]?.();
      if (!bench) continue;
      console.log(`\n${bench.name}: ${bench.about}`);
      const machine = thisMachine();
      const result = await runBench(bench, database, values.quick);
      print(bench.name, result);
      metrics.push(...result.metrics.map((one) => ({ bench: bench.name, ...one })));
      failed ||= result.problems.length > 0;
      saveResult(join(checkout, 'bench', 'results'), {
        bench: name,
        quick: values.quick,
        at: new Date().toISOString(),
        commit: commitHere(),
        machine,
        ...result,
      });
    }
  } finally {
    await database.close();
    if (values.json) writeFileSync(values.json, `${JSON.stringify(metrics, null, 2)}\n`);
  }
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
// Sockets of a generator that died could keep this process alive after its work is done.
process.exit();
