import { isLoopback } from '#lib/env.ts';

/** Origins under which this desk's own pages run. */
export interface OwnOrigins {
  has(origin: string): boolean;
}

/**
 * The public origin; on this machine also its other spellings (localhost, 127.0.0.1, [::1]), which a
 * page of another host can never have.
 */
export function ownOrigins(publicUrl: string): OwnOrigins {
  const own = new URL(publicUrl);
  const spellings = new Set([own.origin]);
  if (isLoopback(own.hostname.replace(/^\[|\]$/g, ''))) {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      spellings.add(new URL(`${own.protocol}//${host}${own.port ? `:${own.port}` : ''}`).origin);
    }
  }
  return { has: (origin) => spellings.has(origin) };
}

/**
 * Whether a page of `origin` may speak for a channel. Browsers always name the origin of a POST or a
 * WebSocket; what names none is no browser, and holds no visitor's cookies or storage to misuse.
 */
export function mayEmbed(
  own: OwnOrigins,
  allowed: readonly string[],
  origin: string | undefined,
): boolean {
  return origin === undefined || own.has(origin) || allowed.includes(origin);
}

/** Whether a request with a member's cookie comes from our own pages (against CSRF and CSWSH). */
export function isOwnPage(own: OwnOrigins, origin: string | undefined): boolean {
  return origin !== undefined && own.has(origin);
}
