import * as z from 'zod';
import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { ERRORS, type ErrorCode, type Issue, ParlourError } from '#lib/protocol/errors.ts';

const log = logger.child({ scope: 'edge' });

/** SQLSTATEs and socket errors that mean: no database now, nothing is known to be wrong with the call. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25006', // read_only_sql_transaction: a standby not promoted yet
]);

/** Lock or statement timeouts, serialization, deadlock: the same call may well succeed. */
const TIMED_OUT = new Set(['57014', '55P03', '25P03', '40001', '40P01']);

/** pg reports a connection lost mid-query, or none to be had in time, as a plain Error. */
const LOST =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|connection ended unexpectedly|not queryable|query read timeout/i;

/** Prisma: cannot reach, timed out, closed, out of pool (https://www.prisma.io/docs/orm/reference/error-reference). */
const PRISMA_UNREACHABLE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024']);

function codeOf(error: Error): string | undefined {
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

function isCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERRORS, value);
}

/**
 * Issues of a schema as the wire has them. A schema may name the error code to answer with
 * (`text_too_long`) as an issue's message.
 */
export function invalidInput(error: z.core.$ZodError): ParlourError {
  const issues: Issue[] = error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  const named = issues.map((issue) => issue.message).find(isCode);
  return new ParlourError(named ?? 'invalid_input', { issues: issues.slice(0, 20), cause: error });
}

/** Any failure as one of the typed ones; what nobody expected is `internal`. */
export function toParlourError(error: unknown): ParlourError {
  if (error instanceof ParlourError) return error;
  if (error instanceof z.core.$ZodError) return invalidInput(error);
  const seen = new Set<unknown>();
  for (
    let cause: unknown = error;
    cause instanceof Error && !seen.has(cause);
    cause = cause.cause
  ) {
    seen.add(cause);
    const code = codeOf(cause);
    if (code && (UNREACHABLE.has(code) || PRISMA_UNREACHABLE.has(code) || code.startsWith('08'))) {
      return new ParlourError('unavailable', { cause: error });
    }
    if (code && TIMED_OUT.has(code)) return new ParlourError('timeout', { cause: error });
    if (LOST.test(cause.message)) return new ParlourError('unavailable', { cause: error });
    if (
      cause instanceof AggregateError &&
      cause.errors.some((e) => toParlourError(e).code === 'unavailable')
    ) {
      return new ParlourError('unavailable', { cause: error });
    }
  }
  return new ParlourError('internal', { cause: error });
}

/** Expected refusals are the caller's business; our own failures are ours. */
const OURS: ReadonlySet<ErrorCode> = new Set(['internal', 'unavailable', 'timeout', 'overloaded']);

/** Maps a failure and logs it; the one place of each edge where that happens. */
export function failed(error: unknown, about: Record<string, unknown>): ParlourError {
  const failure = toParlourError(error);
  metrics.errors.add(failure.code);
  if (failure.code === 'internal')
    log.error({ ...about, err: failure.cause ?? failure }, 'command_failed');
  // Whoever sends many away says so once a second.
  else if (OURS.has(failure.code) && failure.code !== 'overloaded') {
    log.warn({ ...about, code: failure.code, reason: reasonOf(failure) }, 'command_unavailable');
  } else log.debug({ ...about, code: failure.code, issues: failure.issues }, 'command_refused');
  return failure;
}

function reasonOf(failure: ParlourError): string | undefined {
  return failure.cause instanceof Error ? failure.cause.message : undefined;
}
