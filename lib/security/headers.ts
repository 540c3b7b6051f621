/** Directives of a Content-Security-Policy: name → sources. */
export type CspDirectives = Record<string, readonly string[]>;

export interface CspOptions {
  /** From `createNonce()`; allows this page's own inline scripts, and what they load. */
  nonce?: string;
  /** Who may frame the page; nobody by default. */
  frameAncestors?: readonly string[];
  /** Origins besides the page's own that it may connect to. */
  connect?: readonly string[];
  /** Next's development server evaluates strings and connects to its own socket. */
  development?: boolean;
  /** Directives that replace the ones of the strict default. */
  replace?: CspDirectives;
}

const SELF = "'self'";
const NONE = "'none'";

/** An origin, scheme or keyword as CSP writes it; anything else could smuggle in a directive. */
const SOURCE =
  /^('[a-z0-9-]+'|[a-z][a-z0-9+.-]*:|https?:\/\/[a-z0-9.*\-[\]:]+|wss?:\/\/[a-z0-9.*\-[\]:]+)$/i;

/** 128 random bits for one response, in base64. */
export function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

function checked(sources: readonly string[]): readonly string[] {
  const wrong = sources.find((source) => !SOURCE.test(source));
  if (wrong !== undefined) throw new TypeError(`not a CSP source: ${wrong}`);
  return sources;
}

/**
 * A strict Content-Security-Policy: everything from the own origin, scripts by nonce
 * (`strict-dynamic`, https://www.w3.org/TR/CSP3/#strict-dynamic-usage), no plug-ins, no base.
 * Inline style attributes stay allowed: virtualised lists and positioned popovers set them.
 */
export function contentSecurityPolicy(options: CspOptions = {}): string {
  const { nonce, frameAncestors = [], connect = [], development = false } = options;
  const scripts = nonce ? [`'nonce-${nonce}'`, "'strict-dynamic'"] : [];
  const directives: CspDirectives = {
    'default-src': [SELF],
    'script-src': [SELF, ...scripts, ...(development ? ["'unsafe-eval'"] : [])],
    'style-src': [SELF, "'unsafe-inline'"],
    'img-src': [SELF, 'data:', 'blob:'],
    'font-src': [SELF, 'data:'],
    'connect-src': [SELF, ...(development ? ['ws:'] : []), ...checked(connect)],
    'frame-src': [SELF],
    'worker-src': [SELF, 'blob:'],
    'object-src': [NONE],
    'base-uri': [NONE],
    'form-action': [SELF],
    'frame-ancestors': frameAncestors.length > 0 ? checked(frameAncestors) : [NONE],
    ...options.replace,
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** Headers of every answer, whatever it holds. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), payment=(), usb=()',
  'x-dns-prefetch-control': 'off',
};

/** For answers that are data, not pages: nothing in them may run, be framed or be embedded. */
export const DATA_CSP = "default-src 'none'; frame-ancestors 'none'";

/** A year; sent only over HTTPS, and without subdomains, which are not ours to bind. */
export const STRICT_TRANSPORT = 'max-age=31536000';
