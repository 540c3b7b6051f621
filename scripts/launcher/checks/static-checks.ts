import { join } from 'node:path';
import { checkBoundaries } from '../boundaries/check.ts';
import { checkout, installed } from '../checkout.ts';
import { findDrift } from '../drift/find-drift.ts';
import { runCommand } from '../run-command.ts';

/** One part of the checks: what it is called, and what it found; nothing found is a pass. */
export type Check = {
  name: string;
  run: (note: (text: string) => void) => Promise<{ failures: string; advice: string } | undefined>;
};

const tool = (name: string, command: string, args: string[], advice: string): Check => ({
  name,
  run: async (note) => {
    const { code, output } = await runCommand(installed(command), args, {
      onLine: note,
      env: { NEXT_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' },
    });
    return code === 0 ? undefined : { failures: output.trim() || `exit code ${code}`, advice };
  },
});

export const types: Check = {
  name: 'types',
  run: async (note) => {
    // Writes the types of routes and of imported images and styles, which tsc needs.
    const routes = await tool('routes', 'next', ['typegen'], 'Correct the route named above.').run(
      note,
    );
    return (
      routes ??
      tool('types', 'tsc', ['--noEmit', '--pretty', 'false'], 'Correct the types.').run(note)
    );
  },
};

export const lint: Check = tool(
  'lint',
  'biome',
  ['check', '--error-on-warnings', '--max-diagnostics=60', '--colors=off'],
  'Most of it is mended by: npx biome check --write',
);

export const boundaries: Check = {
  name: 'boundaries',
  run: async () => {
    const found = checkBoundaries(checkout);
    if (found.length === 0) return undefined;
    return {
      failures: found
        .map(
          ({ file, line, specifier, because }) =>
            `${file}:${line} imports ${specifier}\n    ${because}`,
        )
        .join('\n'),
      advice:
        'docs/architecture.md says who may import whom; the rules stand in scripts/launcher/boundaries/rooms.ts.',
    };
  },
};

export const drift: Check = {
  name: 'migrations and schema drift',
  run: async () => {
    const found = await findDrift(join(checkout, 'prisma'));
    if (found.length === 0) return undefined;
    return {
      failures: found.join('\n'),
      advice:
        'Write a migration that brings the database to prisma/schema.prisma, or correct the schema.',
    };
  },
};

export const STATIC_CHECKS: Check[] = [types, lint, boundaries, drift];
