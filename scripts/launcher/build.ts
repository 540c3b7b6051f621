import { checkout, installed } from './checkout.ts';
import { fingerprint, isFresh, noteFresh } from './freshness.ts';
import { runOrExplain } from './run-command.ts';

export type Built = 'fresh' | 'made';

const WIDGET_INPUTS = ['components/widget', 'lib', 'tsconfig.json', 'package-lock.json'];

const WEB_INPUTS = [
  'app',
  'components',
  'lib',
  'prisma/schema.prisma',
  'next.config.ts',
  'postcss.config.mjs',
  'proxy.ts',
  'instrumentation.ts',
  'tsconfig.json',
  'package-lock.json',
];

/** Values that Next writes into the browser's code at build time. */
function inlined(): string[] {
  return Object.entries(process.env)
    .filter(([name]) => name.startsWith('NEXT_PUBLIC_'))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

export const BUILD_ENV = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const;

/** Builds the widget's loader and panel into public/widget when their sources changed. */
export async function buildWidget(): Promise<Built> {
  const print = fingerprint(WIDGET_INPUTS);
  if (isFresh('widget', print, 'public/widget/manifest.json')) return 'fresh';
  await runOrExplain(
    'The widget’s build',
    'Correct the source named above and start again.',
    process.execPath,
    ['components/widget/build.ts'],
    { env: BUILD_ENV },
  );
  noteFresh('widget', print);
  return 'made';
}

/** Whether `buildWeb` has nothing to do. */
export function webIsFresh(): boolean {
  return isFresh('web', fingerprint(WEB_INPUTS, inlined()), '.next/BUILD_ID');
}

/** Builds console, admin and pages with Next when their sources changed. */
export async function buildWeb(note: (text: string) => void): Promise<Built> {
  const print = fingerprint(WEB_INPUTS, inlined());
  if (isFresh('web', print, '.next/BUILD_ID')) return 'fresh';
  await runOrExplain(
    'The production build (next build)',
    `Correct the source named above and start again. If nothing is named, remove ${checkout}/.next first.`,
    installed('next'),
    ['build'],
    { env: BUILD_ENV, onLine: note },
  );
  noteFresh('web', print);
  return 'made';
}
