import pino, { type DestinationStream, type Logger } from 'pino';
import { env } from '#lib/env.ts';
import { currentTrace } from './trace.ts';

/** Keys whose values never reach a log, at the top and two levels down. */
const SECRET_KEYS = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'jwt',
  'setupCode',
  'apiKey',
  'databaseUrl',
  'DATABASE_URL',
  'REDIS_URL',
];

const REDACTED = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]).concat(
  '["set-cookie"]',
  '*["set-cookie"]',
  '*.*["set-cookie"]',
);

const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;

/** Takes passwords out of addresses inside free text, such as a driver's error message. */
export function withoutPasswords(text: string): string {
  return text.replace(URL_PASSWORD, '$1:***@');
}

/** A logger; each line carries the trace id of the request or command it belongs to. */
export function createLogger(
  settings: { level: string; name?: string },
  destination?: DestinationStream,
): Logger {
  const options: pino.LoggerOptions = {
    level: settings.level,
    base: settings.name ? { process: settings.name } : {},
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '[redacted]' },
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
    // Drivers put addresses into messages and stacks, where no key says that they are secret.
    hooks: { streamWrite: (line) => (line.includes('://') ? withoutPasswords(line) : line) },
    mixin: () => {
      const trace = currentTrace();
      return trace ? { trace } : {};
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** This process's logger. `logger.child({ scope })` for a part of it. */
export const logger: Logger = createLogger({
  level: process.env.VITEST ? 'silent' : env().logLevel,
  name: process.env.PARLOUR_PROCESS ?? 'parlour',
});
