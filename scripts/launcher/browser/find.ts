import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkout } from '../checkout.ts';
import { LaunchError } from '../launch-error.ts';
import { runOrExplain } from '../run-command.ts';

/** A Chromium that starts here: its path, what to set for it, and where it came from. */
export type Browser = { path: string; env: Record<string, string>; origin: string };

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const PLACES = [
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not for us: the next place is tried.
    return false;
  }
}

/** Whether the program starts at all: a missing library shows here, not in the first test. */
function starts(browser: Browser): string | undefined {
  const { status, stderr, error } = spawnSync(browser.path, ['--version', '--no-sandbox'], {
    env: { ...process.env, ...browser.env },
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status === 0) return undefined;
  return (error?.message ?? stderr.trim().split('\n').at(-1)) || `exit code ${status}`;
}

function systemBrowser(): Browser | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...PLACES,
  ];
  for (const path of candidates.filter(executable)) {
    const browser = { path, env: {}, origin: 'of the system' };
    if (starts(browser) === undefined) return browser;
  }
  return undefined;
}

/**
 * Adds the package's one font to those of the system. A bare system has none, and the browser ends
 * itself at the first page when it finds no font at all.
 */
function writeFontConfig(folder: string): string {
  const file = join(folder, 'fonts.conf');
  const dirs = ['/usr/share/fonts', '/usr/local/share/fonts', join(folder, 'fonts', 'fonts')];
  writeFileSync(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${dirs.map((dir) => `  <dir>${dir}</dir>`).join('\n')}
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`,
  );
  return file;
}

/** The npm package's browser, unpacked once into the checkout's cache. */
async function packagedBrowser(): Promise<Browser> {
  const manifest = join(checkout, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const advice = 'Install a browser (Debian: apt install chromium), or set CHROMIUM_PATH to one.';
  if (!existsSync(manifest)) throw new LaunchError('No browser was found.', advice);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const cache = join(checkout, '.parlour', 'cache');
  const folder = join(cache, `browser-${version}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.new-${process.pid}`;
    mkdirSync(draft, { recursive: true });
    await runOrExplain(
      'Unpacking the browser',
      `Check that 400 MB are free. ${advice}`,
      process.execPath,
      [join(import.meta.dirname, 'unpack.mjs')],
      { env: { TMPDIR: draft } },
    );
    for (const name of readdirSync(cache)) {
      if (name.startsWith('browser-') && !draft.endsWith(name))
        rmSync(join(cache, name), { recursive: true, force: true });
    }
    renameSync(draft, folder);
  }
  const libraries = join(folder, 'al2023', 'lib');
  const browser: Browser = {
    path: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [libraries, folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      FONTCONFIG_FILE: writeFontConfig(folder),
    },
    origin: '@sparticuz/chromium',
  };
  const reason = starts(browser);
  if (reason)
    throw new LaunchError(`The browser that npm brought does not start here: ${reason}`, advice);
  return browser;
}

/** CHROMIUM_PATH, or a browser of the system that starts, or the one from npm. */
export async function findBrowser(): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    const browser = { path: named, env: {}, origin: 'CHROMIUM_PATH' };
    const reason = executable(named) ? starts(browser) : 'there is no such program';
    if (reason) {
      throw new LaunchError(
        `CHROMIUM_PATH=${named}: ${reason}`,
        'Correct CHROMIUM_PATH, or unset it.',
      );
    }
    return browser;
  }
  return (
    (process.env.PARLOUR_BROWSER === 'npm' ? undefined : systemBrowser()) ??
    (await packagedBrowser())
  );
}
