import { join } from 'node:path';
import { buildWeb, buildWidget, webIsFresh } from '../build.ts';
import { checkout } from '../checkout.ts';
import { type Check, STATIC_CHECKS } from '../checks/static-checks.ts';
import { runPlaywright, runVitest } from '../checks/suites.ts';
import { conclude, count, newTally, type Tally } from '../checks/tally.ts';
import { widgetSizes } from '../checks/widget-sizes.ts';
import { generateClient } from '../generate-client.ts';
import { livingProcesses } from '../processes.mjs';
import { bold } from '../progress.mjs';

const asCheck = (
  name: string,
  work: (note: (text: string) => void) => Promise<unknown>,
): Check => ({
  name,
  run: async (note) => {
    await work(note);
    return undefined;
  },
});

const client = asCheck('database client', generateClient);
const widget = asCheck('widget build', buildWidget);
const web: Check = {
  name: 'production build',
  run: async (note) => {
    const inUse = livingProcesses(join(checkout, '.parlour')).some(
      (record) => record.name === 'launcher',
    );
    if (inUse && !webIsFresh()) {
      return {
        failures: 'Parlour runs from this checkout, and building now would pull its files away.',
        advice: 'Stop it with Ctrl-C, then run the tests again.',
      };
    }
    await buildWeb(note);
    return undefined;
  },
};

type Plan = { checks: boolean; unit: string[] | undefined; journeys: string[] | undefined };

/** `unit`, `e2e`, paths below e2e/ (journeys), other paths (unit tests); nothing means everything. */
export function planOf(args: string[]): Plan {
  if (args.length === 0) return { checks: true, unit: [], journeys: [] };
  const paths = args.filter((arg) => arg !== 'unit' && arg !== 'e2e');
  const journeys = paths.filter((path) => path.startsWith('e2e/'));
  const unit = paths.filter((path) => !path.startsWith('e2e/'));
  return {
    checks: false,
    unit: args.includes('unit') || unit.length > 0 ? unit : undefined,
    journeys: args.includes('e2e') || journeys.length > 0 ? journeys : undefined,
  };
}

async function build(tally: Tally, plan: Plan): Promise<boolean> {
  console.log(bold('\nBuilds'));
  const parts = plan.checks ? [widget, widgetSizes, web] : [widget, web];
  let good = true;
  for (const part of parts) good = (await count(tally, part)) && good;
  return good;
}

/** `npm test [-- unit | e2e | PATH …]` */
export async function test(args: string[]): Promise<number> {
  const plan = planOf(args);
  const tally = newTally();
  console.log(bold('\nChecks'));
  await count(tally, client);
  if (plan.checks) for (const check of STATIC_CHECKS) await count(tally, check);
  if (plan.unit) await runVitest(tally, plan.unit);
  if (plan.journeys && (await build(tally, plan))) await runPlaywright(tally, plan.journeys);
  else if (plan.journeys) {
    console.error('\nThe browser journeys need the builds above, which failed: not run.');
    tally.failed += 1;
  }
  return conclude(tally);
}
