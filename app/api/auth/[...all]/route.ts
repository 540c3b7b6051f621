import { auth } from '#lib/auth/auth.ts';

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

async function handle(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '');
  if (!OPEN_PATHS.has(path)) return new Response(null, { status: 404 });
  return auth().handler(request);
}

export const GET = handle;
export const POST = handle;
