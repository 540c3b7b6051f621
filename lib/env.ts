import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const blankAsUnset = (value: unknown) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;

const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankAsUnset, schema.optional());

const Port = z.coerce.number().int().min(1).max(65_535);

const HttpOrigin = z
  .url({ protocol: /^https?$/, error: 'use an address such as https://desk.example.com' })
  .transform((value) => new URL(value).origin);

/** `TRUST_PROXY`: how many proxies stand in front; `true` means one. */
const Hops = z.union(
  [
    z.enum(['true', 'false']).transform((value) => (value === 'true' ? 1 : 0)),
    z.coerce.number().int().min(0).max(16),
  ],
  { error: 'use true, false, or the number of proxies in front' },
);

const Environment = z.object({
  NODE_ENV: z.preprocess(
    blankAsUnset,
    z.enum(['development', 'production', 'test']).default('development'),
  ),
  HOST: z.preprocess(blankAsUnset, z.string().default('127.0.0.1')),
  PORT: z.preprocess(blankAsUnset, Port.default(3000)),
  PUBLIC_URL: optional(HttpOrigin),
  TRUST_PROXY: z.preprocess(blankAsUnset, Hops.default(0)),
  DATABASE_URL: optional(
    z.url({
      protocol: /^postgres(ql)?$/,
      error: 'use postgresql://user:password@host:5432/database',
    }),
  ),
  DATABASE_POOL_SIZE: z.preprocess(
    blankAsUnset,
    z.coerce.number().int().min(1).max(500).default(20),
  ),
  REDIS_URL: optional(z.url({ protocol: /^rediss?$/, error: 'use redis://host:6379' })),
  WEB_ORIGIN: optional(HttpOrigin),
  PARLOUR_DATA: z.preprocess(blankAsUnset, z.string().default('.parlour')),
  PARLOUR_SECRET: optional(z.string().min(32, 'needs at least 32 characters')),
  LOG_LEVEL: z.preprocess(
    blankAsUnset,
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ),
  LOG_FORMAT: z.preprocess(blankAsUnset, z.enum(['json', 'pretty']).default('json')),
  RATE_LIMIT_SCALE: z.preprocess(
    blankAsUnset,
    z.coerce.number().positive('needs a number above 0').default(1),
  ),
  METRICS_TOKEN: optional(z.string().min(16, 'needs at least 16 characters')),
  SHUTDOWN_WAIT_MS: z.preprocess(
    blankAsUnset,
    z.coerce.number().int().min(0).max(4_000, 'the whole end takes at most 10 s').default(0),
  ),
  PARLOUR_COMMIT: optional(z.string().regex(/^[\w.+-]{1,64}$/, 'use a commit, such as 5a7b3a7')),
});

/** Settings of one process, read from the environment once. */
export type Env = {
  nodeEnv: 'development' | 'production' | 'test';
  host: string;
  port: number;
  /** Origin under which browsers reach the desk, without a trailing slash. */
  publicUrl: string;
  /** Number of proxies whose X-Forwarded-* headers are believed; 0 believes none. */
  trustProxyHops: number;
  databaseUrl: string | undefined;
  /** Connections per process. */
  databasePoolSize: number;
  redisUrl: string | undefined;
  /** Origin of the web process, to which the desk proxies what is not its own. */
  webOrigin: string | undefined;
  /** Absolute path of the folder that holds generated secrets and the embedded database. */
  dataDir: string;
  secret: string | undefined;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  logFormat: 'json' | 'pretty';
  /**
   * Factor on every rate limit, burst and rate alike. For load tests, in which few addresses and
   * people stand for many; the limits stay part of the path. 1 in service.
   */
  rateLimitScale: number;
  /** Bearer token of /metrics; without one only this machine may read it. */
  metricsToken: string | undefined;
  /** How long a desk told to end still serves, not ready, so that balancers look elsewhere first. */
  shutdownWaitMs: number;
  /** The commit that this build was made of, when the build says so. */
  commit: string | undefined;
};

export class EnvError extends Error {
  override name = 'EnvError';
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Reads settings from `source`.
 * @throws EnvError with one line per wrong setting, naming the variable.
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const parsed = Environment.safeParse(source);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new EnvError(`These settings are wrong:\n${lines.join('\n')}`);
  }
  const value = parsed.data;
  const shownHost =
    isLoopback(value.HOST) || /^(0\.0\.0\.0|::)$/.test(value.HOST) ? 'localhost' : value.HOST;
  const bracketed = shownHost.includes(':') ? `[${shownHost}]` : shownHost;
  return {
    nodeEnv: value.NODE_ENV,
    host: value.HOST,
    port: value.PORT,
    publicUrl: value.PUBLIC_URL ?? `http://${bracketed}:${value.PORT}`,
    trustProxyHops: value.TRUST_PROXY,
    databaseUrl: value.DATABASE_URL,
    databasePoolSize: value.DATABASE_POOL_SIZE,
    redisUrl: value.REDIS_URL,
    webOrigin: value.WEB_ORIGIN,
    dataDir: resolve(value.PARLOUR_DATA),
    secret: value.PARLOUR_SECRET,
    logLevel: value.LOG_LEVEL,
    logFormat: value.LOG_FORMAT,
    metricsToken: value.METRICS_TOKEN,
    shutdownWaitMs: value.SHUTDOWN_WAIT_MS,
    rateLimitScale: value.RATE_LIMIT_SCALE,
    commit: value.PARLOUR_COMMIT,
  };
}

let current: Env | undefined;

/** This process's settings; parsed at the first call. */
export function env(): Env {
  current ??= readEnv(process.env);
  return current;
}

/** The database's address. @throws EnvError when a process was started without one. */
export function databaseUrl(): string {
  const url = env().databaseUrl;
  if (!url) {
    throw new EnvError('DATABASE_URL is not set. `npm start` sets it; set it yourself otherwise.');
  }
  return url;
}

/**
 * The master secret: PARLOUR_SECRET, or one generated into `<dataDir>/secret` (mode 0600).
 * Two processes that start at once agree, because only one can create the file.
 */
export function masterSecret(settings: Pick<Env, 'secret' | 'dataDir'> = env()): string {
  if (settings.secret) return settings.secret;
  const file = join(settings.dataDir, 'secret');
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32) {
    throw new EnvError(
      `${file} is damaged; restore it from a backup or delete it (signs everybody out).`,
    );
  }
  return secret;
}

/**
 * A key for one purpose ('sessions', 'visitor-tokens', …), derived by HKDF-SHA256 from the master
 * secret, so that a leak of one key says nothing about another.
 * @returns 32 bytes
 */
export function deriveKey(
  purpose: string,
  settings: Pick<Env, 'secret' | 'dataDir'> = env(),
): Buffer {
  return Buffer.from(
    hkdfSync('sha256', masterSecret(settings), 'parlour', `parlour/${purpose}/v1`, 32),
  );
}
