import { type CelInput, celEnv, parse, plan } from '@bufbuild/cel';
import { Environment } from '@marcbachmann/cel-js';
import type { Scope } from '#lib/domain/rules/index.ts';
import { GUARDS } from './guards.ts';
import type { Contestant } from './pace.ts';

/** What CEL itself can say: it knows no time of day. */
export const SHARED = GUARDS.filter((source) => !/timeOfDay|dayOfWeek/.test(source));

/** Whole numbers are bigints to both. */
const WHOLE = new Set(['priority', 'weight']);
const INSTANTS = new Set(['now', 'queuedAt', 'lastVisitorAt', 'lastAgentAt']);

/** A scope as another implementation takes it: nothing under a key that is not there. */
function translated(
  value: unknown,
  instant: (ms: number) => unknown,
  group: (entries: [string, unknown][]) => unknown,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined && one !== null)
    .map(([name, one]): [string, unknown] => {
      if (WHOLE.has(name)) return [name, BigInt(Number(one))];
      if (INSTANTS.has(name)) return [name, instant(Number(one))];
      return [name, translated(one, instant, group)];
    });
  return group(entries);
}

/** The library whose parser we use, with its own evaluator. */
export function withMarcbachmann(scopes: readonly Scope[]): Contestant {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const runs = SHARED.map((source) => environment.parse(source));
  const contexts = scopes.map(
    (scope) =>
      translated(scope, (ms) => new Date(ms), Object.fromEntries) as Record<string, unknown>,
  );
  return contestant(contexts, runs, (run, context) => run(context) === true);
}

/** The one closest to the specification. */
export function withBufbuild(scopes: readonly Scope[]): Contestant {
  const env = celEnv();
  const runs = SHARED.map((source) => plan(env, parse(source)));
  const instant = (ms: number) =>
    plan(env, parse(`timestamp("${new Date(ms).toISOString()}")`))({});
  const contexts = scopes.map(
    (scope) =>
      Object.fromEntries(
        translated(scope, instant, (entries) => new Map(entries)) as Map<string, CelInput>,
      ) as Record<string, CelInput>,
  );
  return contestant(contexts, runs, (run, context) => run(context) === true);
}

function contestant<Run, Context>(
  contexts: Context[],
  runs: Run[],
  ask: (run: Run, context: Context) => boolean,
): Contestant {
  // A condition that fails throws with one of them; here as everywhere it counts as false.
  const answer = (run: Run, context: Context): boolean => {
    try {
      return ask(run, context);
    } catch {
      return false;
    }
  };
  return {
    size: contexts.length * runs.length,
    round() {
      let yes = 0;
      for (const context of contexts) for (const run of runs) if (answer(run, context)) yes++;
      return yes;
    },
  };
}
