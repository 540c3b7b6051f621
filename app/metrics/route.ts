import { createHash, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '#lib/env.ts';
import { readWebFigures } from '#lib/observability/web-figures.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

let wanted: Buffer | undefined;

/**
 * This process's figures, for the desk alone: it shows them in its own /metrics. Everybody else gets the
 * answer of a path that is not there; the desk passes nothing on to this path anyway.
 */
export function GET(request: Request): Response {
  wanted ??= digest(`Bearer ${deriveKey('web-figures').toString('base64url')}`);
  const given = digest(request.headers.get('authorization') ?? '');
  if (!timingSafeEqual(given, wanted)) return new Response(null, { status: 404 });
  return Response.json(readWebFigures(), { headers: { 'cache-control': 'no-store' } });
}
