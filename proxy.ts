import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy, createNonce } from '#lib/security/headers.ts';

/**
 * Every page gets its own nonce: Next puts it on its scripts when it finds the policy on the
 * request, and the root layout hands it to the script that sets the theme before the first paint.
 */
export function proxy(request: NextRequest) {
  const nonce = createNonce();
  const policy = contentSecurityPolicy({
    nonce,
    development: process.env.NODE_ENV === 'development',
  });
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  // Where to come back to after signing in; a header of this name from outside does not get past here.
  headers.set('x-parlour-path', request.nextUrl.pathname + request.nextUrl.search);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

export const config = {
  // Data answers and files are the desk's business; widget and demo shop set policies of their own.
  // Files by their names: a page whose path only looks like a file still gets its policy.
  matcher: ['/((?!api/|_next/|widget(?:/|$)|demo(?:/|$)|icon\\.svg$|favicon\\.ico$).*)'],
};
