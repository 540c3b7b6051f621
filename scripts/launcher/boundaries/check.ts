import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { importsOf } from './imports.ts';
import { isTestFile, type Room, roomFolder, roomOf } from './rooms.ts';

export type Violation = { file: string; line: number; specifier: string; because: string };

const ROOTS = ['app', 'components', 'lib', 'server', 'prisma', 'scripts', 'e2e', 'bench'];
const SKIPPED = new Set(['node_modules', '.next', 'generated', 'migrations', 'messages']);

function* sources(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* sources(path);
    } else if (/\.(ts|tsx|mts|mjs|js|jsx)$/.test(entry.name)) yield path;
  }
}

/** `@scope/name/part` and `name/part` without their part. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function refusePackage(room: Room, specifier: string, test: boolean): string | undefined {
  if (!room.packages || test) return undefined;
  const builtin = specifier.startsWith('node:') || builtinModules.includes(specifier);
  return !builtin && room.packages.includes(packageOf(specifier)) ? undefined : room.because;
}

const within = (file: string, path: string): boolean => {
  const [before, after] = path.split('/**');
  return after === undefined
    ? file === path || file.startsWith(`${path}/`)
    : file.startsWith(`${before}/`) && file.endsWith(after);
};

function refuseFile(room: Room, from: string, to: string): string | undefined {
  if (within(to, 'app') && !within(from, 'app')) return 'nothing imports app';
  if (isTestFile(from)) return undefined;
  if (isTestFile(to)) return 'only tests import tests and their fixtures';
  if (roomFolder(from) === roomFolder(to)) return undefined;
  const excluded = room.rooms.some((path) => path.startsWith('!') && within(to, path.slice(1)));
  return !excluded && room.rooms.some((path) => within(to, path)) ? undefined : room.because;
}

/**
 * Why `from` (relative to the checkout) may not import `specifier`, or undefined when it may.
 */
export function refuse(from: string, specifier: string): string | undefined {
  const room = roomOf(from);
  if (!room) return undefined;
  if (specifier.startsWith('.')) {
    const to = posix.join(posix.dirname(from), specifier.split('?')[0] ?? specifier);
    const downwards = roomFolder(from) === 'server' && within(to, 'server');
    if (roomFolder(to) !== roomFolder(from) && !downwards) {
      return `a relative import stays in ${roomFolder(from)}/; write ${to.startsWith('..') ? 'no path outside the checkout' : `#${to}`}`;
    }
    return refuseFile(room, from, to);
  }
  if (specifier.startsWith('#')) return refuseFile(room, from, posix.normalize(specifier.slice(1)));
  if (specifier.startsWith('/') || specifier.startsWith('file:'))
    return 'absolute paths are of one machine';
  return refusePackage(room, specifier, isTestFile(from));
}

/** Every forbidden import below `root`. */
export function checkBoundaries(root: string): Violation[] {
  const files = ROOTS.flatMap((name) => [...sources(join(root, name))]);
  return files.flatMap((path) => {
    const file = relative(root, path).split(sep).join('/');
    return importsOf(readFileSync(path, 'utf8'), file).flatMap(({ specifier, line }) => {
      const because = refuse(file, specifier);
      return because ? [{ file, line, specifier, because }] : [];
    });
  });
}
