// Keeps node_modules at the level of package-lock.json.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { fail, step } from './progress.mjs';

/**
 * @typedef {'production' | 'everything'} Scope what must be there: what runs Parlour, or also what tests it
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, devOptional?: boolean, link?: boolean }} LockEntry
 */

/**
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function packagesIn(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    // An interrupted write: as good as none.
    return undefined;
  }
}

/**
 * What is missing or of another version than the lockfile says; empty when all is well. npm writes
 * its own list (node_modules/.package-lock.json) last, so that an interrupted installation has none.
 * Times of files are not asked: a checkout changes them without changing anything.
 * @param {string} checkout
 * @param {Scope} scope
 * @returns {string[]}
 */
export function whatIsMissing(checkout, scope) {
  const wanted = packagesIn(join(checkout, 'package-lock.json'));
  if (!wanted) {
    return fail(
      'package-lock.json is missing or damaged.',
      'Bring it back: git checkout -- package-lock.json',
    );
  }
  const present = packagesIn(join(checkout, 'node_modules', '.package-lock.json'));
  if (!present) return ['everything'];
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (path === '' || entry.link) return false;
      const have = present[path];
      if (have) return have.version !== entry.version;
      // Packages for other platforms are listed but not installed.
      if (entry.optional || entry.devOptional) return false;
      return scope === 'everything' || !entry.dev;
    })
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

/** npm must not run on the Node inside node_modules, which it is about to remove. */
function outsideEnvironment() {
  const own = `${sep}node_modules${sep}.bin`;
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.endsWith(own));
  return { ...process.env, PATH: path.join(delimiter) };
}

/** @returns {[string, string[]]} */
function npmProgram() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const ownNode = node?.includes(`${sep}node_modules${sep}`);
  if (
    cli &&
    node &&
    !ownNode &&
    existsSync(cli) &&
    existsSync(node) &&
    dirname(cli).includes('npm')
  ) {
    return [node, [cli]];
  }
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
}

/**
 * @param {string} checkout
 * @param {string[]} args
 * @param {(line: string) => void} note
 * @returns {Promise<{ code: number, output: string }>}
 */
function npm(checkout, args, note) {
  const [program, before] = npmProgram();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...before, ...args], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: outsideEnvironment(),
    });
    let output = '';
    const take = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      note(String(chunk).trim().split('\n').at(-1) ?? '');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {string} output */
function adviceFor(output) {
  if (/EUSAGE|in sync/.test(output))
    return 'package.json and package-lock.json differ: run `npm install` and commit both.';
  if (/ENOSPC/.test(output))
    return 'The disk is full. Parlour needs about 1.5 GB; make room and run the same command again.';
  if (/EACCES|EPERM/.test(output))
    return 'The folder belongs to another user: run as that user, or hand it over with chown -R.';
  if (/ENOTFOUND|ETIMEDOUT|ECONNRE|EAI_AGAIN|network/i.test(output)) {
    return 'The npm registry cannot be reached. Check the network (and npm’s proxy setting), then run the same command again.';
  }
  return 'Read the lines above; then run the same command again.';
}

/**
 * Runs `npm ci` when something is missing. Test tools are installed along with the rest, unless npm
 * was told to leave them out (NODE_ENV=production or omit=dev): they take 4 of about 45 seconds,
 * and installing twice, first for `npm start` and then for `npm test`, takes twice the whole.
 * @param {string} checkout
 * @param {Scope} scope
 */
export async function ensureInstalled(checkout, scope) {
  const missing = whatIsMissing(checkout, scope);
  if (missing.length === 0) return;
  const title =
    missing[0] === 'everything' ? 'install' : `install (${missing.length} packages changed)`;
  const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  if (scope === 'everything') args.push('--include=dev');
  await step(title, async (note) => {
    note('npm ci, about a minute the first time');
    let result;
    try {
      result = await npm(checkout, args, () => undefined);
    } catch (error) {
      return fail(
        `npm could not be started: ${/** @type {Error} */ (error).message}`,
        'Install npm, which comes with Node.',
      );
    }
    if (result.code !== 0) {
      console.error(`\n${result.output.trimEnd().split('\n').slice(-25).join('\n')}`);
      fail(`npm ci failed (exit code ${result.code}).`, adviceFor(result.output));
    }
    if (!existsSync(join(checkout, 'node_modules', '.package-lock.json'))) {
      fail(
        'npm ci ended well but installed nothing.',
        'Remove node_modules and run the same command again.',
      );
    }
  });
  const still = whatIsMissing(checkout, scope);
  if (still.length > 0) {
    fail(
      `npm left these packages out: ${still.slice(0, 8).join(', ')}`,
      'npm may be set to omit packages: look at `npm config get omit` and NODE_ENV.',
    );
  }
}
