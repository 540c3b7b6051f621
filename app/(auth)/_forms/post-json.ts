import type { Reply } from '#lib/protocol/envelope.ts';
import { ERRORS, type ErrorCode, type WireError } from '#lib/protocol/errors.ts';

function failed(code: ErrorCode): { ok: false; error: WireError } {
  return { ok: false, error: { code, message: ERRORS[code].text } };
}

function isReply(body: unknown): body is Reply<unknown> {
  if (typeof body !== 'object' || body === null || !('ok' in body)) return false;
  if (body.ok === true) return 'data' in body;
  if (!('error' in body) || typeof body.error !== 'object' || body.error === null) return false;
  return 'code' in body.error && typeof body.error.code === 'string' && body.error.code in ERRORS;
}

/**
 * Posts JSON to a route of ours that answers a Reply. Never rejects: no network answers
 * `unavailable`, an answer of another form (a proxy's error page) `internal`.
 */
export async function postJson(path: string, input: unknown): Promise<Reply<unknown>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
  } catch {
    // The browser gives no reason for a request that got no answer.
    return failed('unavailable');
  }
  const body: unknown = await response.json().catch(() => null);
  if (isReply(body)) return body;
  return failed(response.status >= 502 && response.status <= 504 ? 'unavailable' : 'internal');
}
