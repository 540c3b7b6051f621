import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '#lib/db/migrate.ts';
import { type Env, masterSecret, readEnv } from '#lib/env.ts';
import { buildWeb, buildWidget } from '../build.ts';
import { checkout } from '../checkout.ts';
import { type OpenDatabase, openDatabase } from '../database.ts';
import { generateClient } from '../generate-client.ts';
import { createLogSink } from '../log-sink.ts';
import { freePort } from '../port.mjs';
import { forget, remember } from '../processes.mjs';
import { step, yellow } from '../progress.mjs';
import { endRunningCommands } from '../run-command.ts';
import { alreadySeeded, type SeedReport, seed } from '../seed.ts';
import { untilToldToStop } from '../stop-signal.ts';
import { accepts, answersWell, type Supervised, supervise } from '../supervisor.ts';
import { welcome } from '../welcome.ts';

type Mode = 'production' | 'development';

function childEnv(settings: Env, mode: Mode, databaseUrl: string, webOrigin: string) {
  return {
    NODE_ENV: mode,
    HOST: settings.host,
    PORT: String(settings.port),
    PUBLIC_URL: settings.publicUrl,
    TRUST_PROXY: String(settings.trustProxyHops),
    DATABASE_URL: databaseUrl,
    PARLOUR_DATA: settings.dataDir,
    WEB_ORIGIN: webOrigin,
    NEXT_TELEMETRY_DISABLED: '1',
  };
}

/** Where the desk can be asked from this machine, whatever address it is bound to. */
function localUrl({ host, port }: Env): string {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
}

const NODE = ['--disable-warning=ExperimentalWarning'];
const NEXT = join(checkout, 'node_modules', 'next', 'dist', 'bin', 'next');

function startChildren(
  settings: Env,
  mode: Mode,
  env: ReturnType<typeof childEnv>,
  webPort: number,
): Supervised[] {
  const show = process.env.PARLOUR_QUIET ? 'nothing' : process.stdout.isTTY ? 'attention' : 'all';
  const say = (text: string) => console.log(yellow(text));
  const log = (name: string) => createLogSink(settings.dataDir, name, show);
  const watch = mode === 'development';
  const web = supervise(settings.dataDir, {
    name: 'web',
    args: [...NODE, NEXT, watch ? 'dev' : 'start', '-H', '127.0.0.1', '-p', String(webPort)],
    env: { ...env, PARLOUR_PROCESS: 'web', PORT: undefined },
    isReady: () => accepts(webPort),
    log: log('web'),
    say,
  });
  const desk = supervise(settings.dataDir, {
    name: 'desk',
    args: [
      ...NODE,
      ...(watch ? ['--watch', '--watch-preserve-output'] : []),
      'server/main.ts',
      '--roles',
      'realtime,worker',
    ],
    env: { ...env, PARLOUR_PROCESS: 'desk' },
    isReady: () => answersWell(`${localUrl(settings)}/healthz`),
    log: log('desk'),
    say,
  });
  const children = [desk, web];
  if (watch) {
    children.push(
      supervise(settings.dataDir, {
        name: 'widget',
        args: [...NODE, 'components/widget/build.ts', '--watch'],
        env,
        log: log('widget'),
        say,
      }),
    );
  }
  return children;
}

async function prepare(settings: Env, mode: Mode): Promise<OpenDatabase> {
  const database = await step(
    'database',
    () => openDatabase(settings),
    (opened) => (opened.embedded ? 'embedded PostgreSQL' : 'DATABASE_URL'),
  );
  try {
    await step(
      'tables',
      (note) =>
        migrate(database.url, join(checkout, 'prisma', 'migrations'), {
          onBusy: (name, holders) => note(`${name} waits for ${holders.join(', ') || 'a lock'}`),
        }),
      ({ applied }) => (applied.length > 0 ? `applied: ${applied.join(', ')}` : 'up to date'),
    );
    await step('database client', generateClient, String);
    await step('widget', buildWidget, String);
    if (mode === 'production') await step('console', buildWeb, String);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function launch(mode: Mode): Promise<number> {
  // Counted from the first moment, the installation included.
  const since = performance.now() - (Date.now() - Number(process.env.PARLOUR_BEGAN ?? Date.now()));
  const settings = readEnv(process.env);
  const stop = untilToldToStop();
  remember(settings.dataDir, 'launcher', process.pid, { url: settings.publicUrl });
  masterSecret(settings);
  let database: OpenDatabase | undefined;
  let children: Supervised[] = [];
  let stopped = false;
  const shutDown = async () => {
    endRunningCommands();
    await Promise.all(children.map((child) => child.stop()));
    await database?.close();
    forget(settings.dataDir, 'launcher');
  };
  const work = async () => {
    database = await prepare(settings, mode);
    if (stopped) return;
    const webPort = await freePort();
    const env = childEnv(settings, mode, database.url, `http://127.0.0.1:${webPort}`);
    const report: SeedReport = (await alreadySeeded(database.url, settings))
      ? { kind: 'ready' }
      : await step('first content', () => seed(env));
    if (process.env.PARLOUR_SEED_OUT) {
      writeFileSync(process.env.PARLOUR_SEED_OUT, JSON.stringify(report), { mode: 0o600 });
    }
    if (stopped) return;
    children = startChildren(settings, mode, env, webPort);
    await step('servers', () => Promise.all(children.map((child) => child.ready)));
    if (!stopped) console.log(welcome(settings, report, since, mode));
  };
  const working = work();
  const first = await Promise.race([stop, working.catch((error: unknown) => ({ error }))]);
  if (typeof first === 'object' && first !== null) {
    await shutDown();
    throw first.error;
  }
  const signal = first ?? (await stop);
  stopped = true;
  await step(`stopping (${signal})`, async () => {
    endRunningCommands();
    await Promise.race([
      working.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 3_000)),
    ]);
    await shutDown();
  });
  return 0;
}

/** `npm start`: builds what is stale and runs desk and web until told to stop. */
export const start = () => launch('production');

/** `npm run dev`: the same with hot reload. */
export const dev = () => launch('development');
