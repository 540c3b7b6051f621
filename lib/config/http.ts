import type * as z from 'zod';
import { trustedOrigins } from '#lib/auth/auth.ts';
import { logger } from '#lib/observability/logger.ts';
import { ERRORS, ParlourError } from '#lib/protocol/errors.ts';

const NO_STORE = { 'cache-control': 'no-store' };
const BODY_BYTES = 256 * 1024;

/** Runs `work` and answers its Reply; expected failures get their code and status, bugs are logged once. */
export async function answer(work: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json({ ok: true, data: (await work()) ?? {} }, { headers: NO_STORE });
  } catch (error) {
    const known = error instanceof ParlourError ? error : asParlourError(error);
    if (known.code === 'internal') logger.error({ err: error }, 'config_request_failed');
    return Response.json(
      { ok: false, error: known.toWire() },
      { status: ERRORS[known.code].status, headers: NO_STORE },
    );
  }
}

/**
 * The body as JSON. A request that a browser sends for another site is refused: cookies come along
 * with it, intent does not.
 * @throws ParlourError origin_refused | invalid_input
 */
export async function readJson(request: Request): Promise<unknown> {
  const origin = request.headers.get('origin');
  if (origin !== null && !trustedOrigins().includes(origin)) {
    throw new ParlourError('origin_refused');
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ParlourError('invalid_input', { cause: error });
  }
}

/**
 * The body as text. What is longer than any form of ours is not taken in: whoever is nobody yet may
 * send it, too.
 * @throws ParlourError text_too_long
 */
export async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_BYTES) throw new ParlourError('text_too_long');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @throws ParlourError invalid_input with a place for each wrong field */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ParlourError('invalid_input', {
    issues: parsed.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message })),
  });
}

function asParlourError(error: unknown): ParlourError {
  const text = error instanceof Error ? `${error.name} ${error.message}` : '';
  // Prisma and pg name a lost database in several ways; all of them pass by themselves.
  const lost =
    /P1001|P1002|P1008|P1017|P2024|ECONNREFUSED|ECONNRESET|Connection terminated|DatabaseNotReachable/;
  return new ParlourError(lost.test(text) ? 'unavailable' : 'internal', { cause: error });
}
