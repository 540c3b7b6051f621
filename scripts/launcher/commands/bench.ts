import { resolve } from 'node:path';
import { buildWidget } from '../build.ts';
import { checkout } from '../checkout.ts';
import { generateClient } from '../generate-client.ts';
import { runVisibly } from '../run-visibly.ts';

/** Data of its own, so that a desk of this checkout keeps its database to itself. */
function environment(): Record<string, string> {
  const data = resolve(process.env.PARLOUR_DATA ?? '.parlour', 'bench');
  return { NODE_ENV: 'production', PARLOUR_DATA: data, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' };
}

const program = (entry: string) => async (args: string[]) => {
  await generateClient();
  await buildWidget();
  const flags = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=8192'];
  return runVisibly(process.execPath, [...flags, `${checkout}/${entry}`, ...args], environment());
};

/** `npm run bench -- NAME… [--quick] [--json FILE]`, and `npm run bench -- report` */
export const bench = (args: string[]) =>
  args[0] === 'report'
    ? program('bench/report/main.ts')(args.slice(1))
    : program('bench/main.ts')(args);

/** `npm run chaos -- [--minutes N] [--seed N]` */
export const chaos = program('bench/chaos/main.ts');
