// The first thing that runs, on whatever Node the system has, with nothing installed. It looks at
// what cannot wait (a taken port, a server that runs already), installs, and goes on in
// scripts/launcher/main.ts on the Node that npm brought.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, whatIsMissing } from './launcher/install.mjs';
import { whyTaken } from './launcher/port.mjs';
import { endOrphans, livingProcesses } from './launcher/processes.mjs';
import { fail } from './launcher/progress.mjs';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = 'start', ...rest] = process.argv.slice(2);
const COMMANDS = ['start', 'dev', 'test', 'check', 'bench', 'chaos', 'reset', 'backup', 'restore'];

/** They need what only builders of Parlour have: test runners, browsers, load generators. */
const FOR_BUILDERS = ['test', 'check', 'bench', 'chaos'];
const scope = FOR_BUILDERS.includes(command) ? 'everything' : 'production';

process.chdir(checkout);
process.env.PARLOUR_BEGAN = String(Date.now());

function readDotEnv() {
  // Variables that are already set win over the file's.
  if (existsSync('.env') && process.loadEnvFile) process.loadEnvFile('.env');
  process.env.PARLOUR_DATA = resolve(process.env.PARLOUR_DATA?.trim() || '.parlour');
}

/** Says at once what would only come out after minutes of installing and building. */
async function checkAddress() {
  const dataDir = /** @type {string} */ (process.env.PARLOUR_DATA);
  const launcher = livingProcesses(dataDir).find((record) => record.name === 'launcher');
  if (launcher) {
    const url = typeof launcher.info.url === 'string' ? ` at ${launcher.info.url}` : '';
    fail(
      `Parlour runs already${url} (process ${launcher.pid}).`,
      `Stop it with Ctrl-C in its terminal, or: kill ${launcher.pid}`,
    );
  }
  const ended = await endOrphans(dataDir);
  if (ended.length > 0) {
    console.log(`Ended what a killed launcher had left behind: ${ended.join(', ')}.`);
  }
  const host = process.env.HOST?.trim() || '127.0.0.1';
  const port = Number(process.env.PORT?.trim() || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    fail(
      `PORT=${process.env.PORT} is not a port.`,
      'Use a number from 1 to 65535, such as PORT=3000.',
    );
  }
  const reason = await whyTaken(host, port);
  if (reason) fail(.../** @type {[string, string]} */ (reason.split('\n')));
}

/** Installing removes node_modules, which a running desk still reads from. */
function refuseToPullAway() {
  if (whatIsMissing(checkout, scope).length === 0) return;
  const launcher = livingProcesses(join(checkout, '.parlour')).find(
    ({ name }) => name === 'launcher',
  );
  if (!launcher) return;
  fail(
    `Packages must be installed, and Parlour is running from this folder (process ${launcher.pid}).`,
    `Stop it with Ctrl-C in its terminal, or: kill ${launcher.pid}`,
  );
}

/** The Node that npm installed, or this one where there is no package for the platform. */
function nodeForLauncher() {
  const brought = join(checkout, 'node_modules', '.bin', 'node');
  if (existsSync(brought)) return realpathSync(brought);
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(
    `Parlour needs Node 24 on ${process.platform}-${process.arch}, and this is ${process.version}.`,
    'Install Node 24 or newer, then run the same command again.',
  );
}

/** @param {string} node */
function goOn(node) {
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(checkout, 'scripts/launcher/main.ts'),
  ];
  // The ipc channel tells the launcher at once when this process is killed.
  const child = spawn(node, [...args, command, ...rest], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  child.once('error', (error) => {
    fail(
      `Node could not be started: ${error.message}`,
      'Remove node_modules and run the same command again.',
    );
  });
  child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(
    `Parlour needs Node 20 or newer; this is ${process.version}.`,
    'Install a newer Node from nodejs.org.',
  );
}
if (!COMMANDS.includes(command)) {
  fail(
    `There is no command "${command}".`,
    `Use one of: ${COMMANDS.map((name) => `npm run ${name}`).join(', ')}`,
  );
}
readDotEnv();
if (command === 'start' || command === 'dev') await checkAddress();
refuseToPullAway();
await ensureInstalled(checkout, scope);
goOn(nodeForLauncher());
