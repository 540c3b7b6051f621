import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';

/** A refusal as the server words it; null for anything else (a network failure, a proxy's page). */
export function readWireError(value: unknown): WireError | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, message, retryAfterMs } = value as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  const error = { ...value, code, message } as WireError;
  if (typeof retryAfterMs !== 'number') delete error.retryAfterMs;
  return error;
}

/** A Reply whose data is still unread; null when it is none. */
export function readReply(value: unknown): Reply<unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  const { ok, data, error } = value as Record<string, unknown>;
  if (ok === true) return { ok, data };
  const wire = ok === false ? readWireError(error) : null;
  return wire && { ok: false, error: wire };
}

/** The answer to a call whose connection was lost: whether it was done is not known. */
export const LOST: WireError = { code: 'unavailable', message: 'No connection.', retryAfterMs: 0 };
/** The server speaks, but not our language. Waiting helps no one; the caller repeats slowly. */
export const GARBLED: WireError = {
  code: 'internal',
  message: 'The answer could not be read.',
  retryAfterMs: 5_000,
};

export function failed(error: WireError): { ok: false; error: WireError } {
  return { ok: false, error };
}
