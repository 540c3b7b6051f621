import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.ts';

/** Notes what each output was made from, so that only what is stale is made again. */
const NOTES = join(checkout, '.parlour', 'build.json');

const SKIPPED = new Set(['node_modules', '.next', '.parlour', 'generated', 'widget-dist']);

function* filesIn(path: string): Generator<string> {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesIn(child);
    else if (entry.isFile()) yield child;
  }
}

/** sha256 over names and contents of everything below `paths` (relative to the checkout). */
export function fingerprint(paths: string[], extra: string[] = []): string {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  const files = paths.flatMap((path) => [...filesIn(join(checkout, path))]).sort();
  for (const file of files) {
    hash
      .update(`${file.slice(checkout.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function readNotes(): Record<string, string> {
  if (!existsSync(NOTES)) return {};
  try {
    return JSON.parse(readFileSync(NOTES, 'utf8'));
  } catch {
    // A damaged note costs one build, never a wrong one.
    return {};
  }
}

/** Whether `name` was last made from `print` and its result is still there. */
export function isFresh(name: string, print: string, result: string): boolean {
  return readNotes()[name] === print && existsSync(join(checkout, result));
}

export function noteFresh(name: string, print: string): void {
  mkdirSync(join(checkout, '.parlour'), { recursive: true, mode: 0o700 });
  writeFileSync(
    `${NOTES}.${process.pid}`,
    JSON.stringify({ ...readNotes(), [name]: print }, null, 2),
  );
  renameSync(`${NOTES}.${process.pid}`, NOTES);
}
