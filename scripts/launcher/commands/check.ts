import { STATIC_CHECKS } from '../checks/static-checks.ts';
import { conclude, count, newTally } from '../checks/tally.ts';
import { generateClient } from '../generate-client.ts';
import { step } from '../progress.mjs';

/** `npm run check`: what can be said without running Parlour. */
export async function check(): Promise<number> {
  await step('database client', generateClient, String);
  const tally = newTally();
  for (const part of STATIC_CHECKS) await count(tally, part);
  return conclude(tally);
}
