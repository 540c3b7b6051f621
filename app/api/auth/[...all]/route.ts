import * as z from 'zod';
import { attempt } from '#lib/auth/attempts.ts';
import { auth } from '#lib/auth/auth.ts';
import { ParlourError } from '#lib/protocol/errors.ts';

/**
 * What of better-auth is reachable. Everything that changes members, roles or invitations goes
 * through lib/config, where it is checked and audited; a path not named here does not exist.
 */
const OPEN_PATHS = new Set([
  '/ok',
  '/get-session',
  '/sign-in/email',
  '/sign-out',
  '/change-password',
  '/list-sessions',
  '/revoke-session',
  '/revoke-other-sessions',
  '/organization/list',
  '/organization/set-active',
]);

/**
 * Passwords tried on one account within a minute, from wherever: guessing from many addresses is
 * as slow as from one. The library's own limit counts per address, where an office signs in together.
 */
const MOST_SIGN_INS = 10;

async function refusedAsGuessing(request: Request): Promise<Response | null> {
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => null);
  const parsed = z.object({ email: z.string().max(254) }).safeParse(body);
  if (!parsed.success) return null;
  try {
    attempt(`sign-in ${parsed.data.email.toLowerCase()}`, MOST_SIGN_INS);
    return null;
  } catch (error) {
    if (!(error instanceof ParlourError)) throw error;
    const seconds = Math.ceil((error.retryAfterMs ?? 1000) / 1000);
    return Response.json(
      { code: 'TOO_MANY_REQUESTS', message: error.message },
      { status: 429, headers: { 'retry-after': String(seconds) } },
    );
  }
}

async function handle(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '');
  if (!OPEN_PATHS.has(path)) return new Response(null, { status: 404 });
  const refused = path === '/sign-in/email' ? await refusedAsGuessing(request) : null;
  return refused ?? auth().handler(request);
}

export const GET = handle;
export const POST = handle;
