/**
 * What a failed transaction means for its items.
 * - `data`: something in it can never be stored; halves are tried until it stands alone.
 * - `again`: nothing was written; the same once more (deadlock, serialization).
 * - `contention`: a lock was waited for too long.
 * - `connection`: no answer; perhaps it was committed. The keys make a repeat harmless.
 * - `bug`: anything else; isolated like bad data, logged as ours.
 */
export type FailureKind = 'data' | 'again' | 'contention' | 'connection' | 'bug';

const SQLSTATE = /^[0-9A-Z]{5}$/;
const SYSTEM_ERROR = /^E[A-Z_]+$/;

function codeOf(error: unknown): string {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

export function failureOf(error: unknown, connectionLost: boolean): FailureKind {
  if (connectionLost) return 'connection';
  const code = codeOf(error);
  if (SYSTEM_ERROR.test(code)) return 'connection';
  if (!SQLSTATE.test(code)) return isConnectionMessage(error) ? 'connection' : 'bug';
  if (code === '40P01' || code === '40001') return 'again';
  if (code === '55P03') return 'contention';
  // Shutdown, crash, starting up, too many connections, idle too long in a transaction, cancelled.
  if (/^(57P|08|53|25P0[34]|57014)/.test(code)) return 'connection';
  if (code.startsWith('22') || code.startsWith('23')) return 'data';
  return 'bug';
}

/** Errors that pg makes itself carry no code. */
function isConnectionMessage(error: unknown): boolean {
  return (
    error instanceof Error &&
    /connection terminated|timeout exceeded when trying to connect|not queryable|connection ended|query read timeout|cannot use a pool after/i.test(
      error.message,
    )
  );
}

/** Whether the bad data came from the caller (22: data exception) rather than from us. */
export function isCallersFault(error: unknown): boolean {
  return codeOf(error).startsWith('22');
}
