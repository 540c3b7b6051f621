import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout, installed } from '../checkout.ts';
import { bold } from '../progress.mjs';
import { runVisibly } from '../run-visibly.ts';
import type { Tally } from './tally.ts';

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  errors: z.array(z.unknown()),
});

type Counts = { passed: number; failed: number };

/** A file that could not even be loaded has no test of its own to fail, and counts as one. */
export function countVitest(json: unknown): Counts {
  const report = VitestReport.parse(json);
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded };
}

/** A test that passes only when repeated has failed. */
export function countPlaywright(json: unknown): Counts {
  const { stats, errors } = PlaywrightReport.parse(json);
  const failed = stats.unexpected + stats.flaky;
  return { passed: stats.expected, failed: failed === 0 ? errors.length : failed };
}

async function runSuite(
  tally: Tally,
  title: string,
  program: string,
  args: string[],
  env: Record<string, string>,
  report: string,
  countReport: (json: unknown) => Counts,
): Promise<void> {
  console.log(`\n${bold(title)}`);
  mkdirSync(join(checkout, '.parlour', 'test'), { recursive: true });
  rmSync(report, { force: true });
  const code = await runVisibly(installed(program), args, env);
  const counts = existsSync(report)
    ? countReport(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0 };
  // A runner that crashed, leaked or found no test fails, whatever it counted before.
  if (code !== 0 && counts.failed === 0) {
    counts.failed = 1;
    console.error(`${title} ended with exit code ${code} although no test failed.`);
  }
  tally.passed += counts.passed;
  tally.failed += counts.failed;
}

/** Unit and PostgreSQL tests; `paths` narrows them down. */
export function runVitest(tally: Tally, paths: string[]): Promise<void> {
  const report = join(checkout, '.parlour', 'test', 'vitest.json');
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...paths,
  ];
  return runSuite(tally, 'Unit and PostgreSQL tests', 'vitest', args, {}, report, countVitest);
}

/** Journeys in a real browser on the production build. */
export function runPlaywright(tally: Tally, paths: string[]): Promise<void> {
  const report = join(checkout, '.parlour', 'test', 'playwright.json');
  const args = ['test', '--reporter=list,json', ...paths];
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  return runSuite(tally, 'Browser journeys', 'playwright', args, env, report, countPlaywright);
}
