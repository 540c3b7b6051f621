import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { memberOf } from '#lib/auth/session.ts';
import { buildInfo } from '#lib/build-info.ts';
import { endPrisma } from '#lib/db/client.ts';
import { endPool, pool } from '#lib/db/pool.ts';
import { databaseUrl, deriveKey, EnvError, env } from '#lib/env.ts';
import { logger } from '#lib/observability/logger.ts';
import { startMetrics } from '#lib/observability/metrics/index.ts';
import { startTracing } from '#lib/observability/tracing.ts';
import { type Desk, type DeskRole, ROLES, startDesk } from './desk.ts';

/** The parts of an end are bounded to less; a launcher forces us after 15 s, an orchestrator after 30. */
const CLOSE_WITHIN_MS = 10_000;

const root = join(import.meta.dirname, '..');

/** @throws EnvError for a role nobody knows */
function rolesOf(args: readonly string[]): ReadonlySet<DeskRole> {
  const { values } = parseArgs({
    args: [...args],
    options: { roles: { type: 'string', default: ROLES.join(',') } },
  });
  const roles = values.roles.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => !ROLES.some((known) => known === role));
  if (unknown !== undefined) {
    throw new EnvError(`--roles: there is no role "${unknown}"; choose of ${ROLES.join(', ')}`);
  }
  return new Set(roles as DeskRole[]);
}

function explain(error: unknown): string {
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (error instanceof EnvError) return error.message;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken by another program. Stop it, or choose another one: PORT=3001`;
  }
  if (code === 'EACCES')
    return `Port ${port} may not be opened by this user; choose one above 1023.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

let endTracing = async (): Promise<void> => undefined;

async function start(): Promise<Desk> {
  const settings = env();
  databaseUrl();
  const roles = rolesOf(process.argv.slice(2));
  startMetrics();
  endTracing = await startTracing();
  const desk = await startDesk({
    settings,
    roles,
    pool: pool(),
    findMember: memberOf,
    tokenKey: deriveKey('visitor-tokens'),
    webFiguresToken: deriveKey('web-figures').toString('base64url'),
    migrations: join(root, 'prisma', 'migrations'),
    widgetFolder: join(root, 'public', 'widget'),
  });
  const about = {
    port: desk.port,
    host: settings.host,
    roles: [...roles],
    node: desk.nodeId,
    ...buildInfo(),
  };
  logger.info(about, 'desk_ready');
  if (process.connected) process.send?.({ type: 'ready', port: desk.port });
  return desk;
}

/** Ends in good order once: at a signal, or when the launcher is gone; also while still starting. */
function endWith(starting: Promise<Desk>): void {
  let ending = false;
  const end = async (why: string) => {
    if (ending) process.exit(1);
    ending = true;
    logger.info({ why }, 'desk_stopping');
    setTimeout(() => {
      logger.error({ afterMs: CLOSE_WITHIN_MS }, 'desk_stop_timed_out');
      process.exit(1);
    }, CLOSE_WITHIN_MS).unref();
    const desk = await starting;
    await desk.close();
    await Promise.all([endPool(), endPrisma(), endTracing()]);
    logger.info('desk_stopped');
    process.exit(0);
  };
  const endLoudly = (why: string) => {
    end(why).catch((error: unknown) => {
      logger.fatal({ err: error }, 'desk_stop_failed');
      process.exit(1);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => endLoudly(signal));
  process.on('disconnect', () => endLoudly('launcher gone'));
}

// A bug nobody caught leaves unknown state behind: say so and let the launcher start a fresh desk.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    logger.fatal({ err: error }, 'desk_crashed');
    process.exit(1);
  });
}

const starting = start();
endWith(starting);
starting.catch((error: unknown) => {
  logger.fatal({ err: error }, 'desk_start_failed');
  console.error(explain(error));
  process.exit(1);
});
