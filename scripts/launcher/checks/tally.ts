import { step } from '../progress.mjs';
import type { Check } from './static-checks.ts';

/** Counts over all parts of a run. */
export type Tally = { passed: number; failed: number };

export const newTally = (): Tally => ({ passed: 0, failed: 0 });

const indented = (text: string) =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** Runs one check as one counted step; its findings are printed, a crash of it is a failure. */
export async function count(tally: Tally, check: Check): Promise<boolean> {
  try {
    await step(check.name, async (note) => {
      const found = await check.run(note);
      if (found) throw new Finding(`${indented(found.failures)}\n  → ${found.advice}`);
    });
    tally.passed += 1;
    return true;
  } catch (error) {
    tally.failed += 1;
    console.error(
      error instanceof Finding
        ? error.message
        : indented(String(error instanceof Error ? error.stack : error)),
    );
    return false;
  }
}

class Finding extends Error {}

/** Whether a run was good; one that found nothing to do was not. */
export const succeeded = (tally: Tally): boolean => tally.failed === 0 && tally.passed > 0;

/** Prints the last line of a run, which any CI can read. @returns the exit code */
export function conclude(tally: Tally): number {
  console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
  return succeeded(tally) ? 0 : 1;
}
