import * as z from 'zod';
import { attempt, clientAddress } from '#lib/auth/attempts.ts';
import { auth } from '#lib/auth/auth.ts';
import { readText } from '#lib/config/http.ts';
import { ERRORS, ParlourError } from '#lib/protocol/errors.ts';

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
]);

/**
 * Passwords tried on one account within a minute: from one address, and from all of them together,
 * so that neither can one guesser go fast nor easily lock the account's person out. The library's
 * own limit counts per address, where an office signs in together.
 */
const MOST_SIGN_INS = { here: 10, everywhere: 60 };

const Account = z.object({ email: z.string().max(254) });

/** @throws ParlourError rate_limited */
function countSignIn(text: string, headers: Headers): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // The library refuses what is not JSON; nothing was guessed.
    if (error instanceof SyntaxError) return;
    throw error;
  }
  const parsed = Account.safeParse(body);
  if (!parsed.success) return;
  const account = parsed.data.email.toLowerCase();
  attempt(`sign-in ${account} ${clientAddress(headers)}`, MOST_SIGN_INS.here);
  attempt(`sign-in ${account}`, MOST_SIGN_INS.everywhere);
}

/** In the library's form, which its client reads. */
function refusal(error: ParlourError): Response {
  const { status } = ERRORS[error.code];
  const code = status === 429 ? 'TOO_MANY_REQUESTS' : error.code.toUpperCase();
  const seconds = Math.ceil((error.retryAfterMs ?? 0) / 1000);
  const headers = seconds > 0 ? { 'retry-after': String(seconds) } : undefined;
  return Response.json({ code, message: error.message }, { status, ...(headers && { headers }) });
}

async function handle(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '');
  if (!OPEN_PATHS.has(path)) return new Response(null, { status: 404 });
  if (!request.body) return auth().handler(request);
  try {
    const body = await readText(request);
    // The library also reads forms: these a foreign page may send unasked, and they would not be counted.
    const type = request.headers.get('content-type') ?? '';
    const isJson = /^application\/json\s*(;|$)/i.test(type);
    if (body !== '' && !isJson) return new Response(null, { status: 415 });
    if (path === '/sign-in/email') countSignIn(body, request.headers);
    const { url, method, headers } = request;
    return await auth().handler(new Request(url, { method, headers, body: body || null }));
  } catch (error) {
    if (error instanceof ParlourError) return refusal(error);
    throw error;
  }
}

export const GET = handle;
export const POST = handle;
