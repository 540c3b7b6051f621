import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from './env.ts';

const root = join(import.meta.dirname, '..');

/**
 * What runs: the version of package.json and the commit, from the build (PARLOUR_COMMIT, which an image
 * carries) or from the checkout; '' where neither knows.
 */
export function buildInfo(given = env().commit): { version: string; commit: string } {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (given) return { version, commit: given };
  const file = (name: string) => {
    const path = join(root, '.git', name);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  };
  const head = file('HEAD');
  const commit = head.startsWith('ref: ') ? file(head.slice(5)) : head;
  return { version, commit: commit.slice(0, 12) };
}
