import * as z from 'zod/mini';
import type { WireError } from '#lib/protocol/errors.ts';
import type { Locale, PageView } from '#lib/protocol/primitives.ts';
import { VisitorSession } from '#lib/protocol/visitor.ts';
import type { ClientPorts, StoragePort } from '../api.ts';
import type { Prepared } from '../core/connection.ts';
import { post } from '../core/http.ts';
import { GARBLED, LOST } from '../core/wire.ts';

const Stored = z.object({
  token: z.string(),
  visitorId: z.string(),
  /** Whom the site named (`sub` of its JWT); null: nobody. */
  person: z.nullable(z.string()),
});
type Stored = z.infer<typeof Stored>;

/** Owners of outbox items that are people begin so; all others are visitors. */
export const PERSON = 'p:';

const SESSION_MS = 15_000;

export interface SessionDeps {
  ports: ClientPorts;
  url: string;
  channelKey: string;
  v: number;
  storage: StoragePort;
  storageKey: string;
  hello(): { identity: string | undefined; locale: Locale; page: PageView | undefined };
  /** A session was had. `stranger`: not the visitor or person known here before. */
  onSession(session: VisitorSession, stranger: boolean): void;
  /** Another tab signed out, named this visitor's person, or speaks as another visitor. */
  onElsewhere(what: 'signed_out' | 'named' | 'stranger'): void;
}

/** Who this browser is to the desk: the token, where it is kept, and how it is renewed. */
export function createSession(deps: SessionDeps) {
  const { ports, storage, storageKey } = deps;
  let current = read(storage.get(storageKey));
  let fresh = false;
  let skewMs = 0;
  /** The server gave somebody else for their tokens. */
  const refusedVisitors = new Set<string>();

  function keep(next: Stored | null) {
    current = next;
    storage.set(storageKey, next && JSON.stringify(next));
  }

  /**
   * Whether this tab can be that visitor too: named the same person (a session of a person is of no
   * use without the site's word, and the other way round), and not refused here before.
   */
  function isOurs(other: Stored): boolean {
    const { identity } = deps.hello();
    const person = identity === undefined ? null : personOf(identity);
    // A visitor about to be named is still anonymous.
    const same = other.person === person || (person !== null && other === current);
    return same && !refusedVisitors.has(other.visitorId);
  }

  const stopListening = storage.onChange?.((key, value) => {
    if (key !== storageKey) return;
    const other = read(value);
    if (!other) {
      if (!current) return;
      current = null;
      fresh = false;
      deps.onElsewhere('signed_out');
      return;
    }
    if (!isOurs(other)) return;
    if (other.visitorId === current?.visitorId && other.person === current.person) {
      // Each session hands out a token of its own; the newer one lasts longer, and both are good.
      current = other;
      return;
    }
    if (current && isOurs(current) && prefers(current, other)) {
      keep(current);
      return;
    }
    const stranger = isStranger(current, other);
    current = other;
    fresh = false;
    deps.onElsewhere(stranger ? 'stranger' : 'named');
  });

  async function ask(token = current?.token || undefined): Promise<WireError | null> {
    const { identity, locale, page } = deps.hello();
    const storedBefore = storage.get(storageKey);
    const answer = await post(ports, {
      url: `${deps.url}/api/v1/visitor/session`,
      body: { v: deps.v, key: deps.channelKey, token, identity, locale, page },
      timeoutMs: SESSION_MS,
    });
    if (answer.skewMs !== null) skewMs = answer.skewMs;
    if (!answer.reply.ok) return answer.reply.error;
    const parsed = z.safeParse(VisitorSession, answer.reply.data);
    if (!parsed.success) return GARBLED;
    const { visitorId, identified } = parsed.data;
    if (token === undefined && !identified) {
      const stored = storage.get(storageKey);
      const meanwhile = stored === storedBefore ? null : read(stored);
      // Another tab was first; be the same visitor.
      if (meanwhile && isOurs(meanwhile)) {
        current = meanwhile;
        return ask(meanwhile.token);
      }
    }
    const before = current;
    const person = identified ? personOf(identity) : null;
    if (before && token !== undefined && before.visitorId !== visitorId) {
      refusedVisitors.add(before.visitorId);
    }
    keep({ token: parsed.data.token, visitorId, person });
    fresh = true;
    deps.onSession(parsed.data, isStranger(before, { visitorId, person }));
    return null;
  }

  /** A token that is refused is forgotten; another tab may have stored its successor. */
  function dropToken(): void {
    const stored = read(storage.get(storageKey));
    fresh = false;
    if (stored && current && stored.token !== current.token && isOurs(stored)) current = stored;
    else if (current) keepOwnerOnly();
  }
  /** Whose outbox this is stays known, though the token is of no use. */
  function keepOwnerOnly() {
    if (current) current = { ...current, token: '' };
  }

  const isTokenRefusal = (error: WireError) =>
    error.code === 'token_invalid' || error.code === 'token_expired' || error.code === 'conflict';

  return {
    async prepare(): Promise<Prepared> {
      // A tab that was not told (asleep, a port without onChange) reads what others stored.
      const stored = fresh ? null : read(storage.get(storageKey));
      if (stored && current?.token && isOurs(stored)) current = stored;
      for (let round = 0; !fresh; round++) {
        const error = await ask();
        if (!error) break;
        if (!isTokenRefusal(error) || round > 1)
          return { ok: false, error: error === LOST ? null : error };
        dropToken();
      }
      return { ok: true, auth: { v: deps.v, token: current?.token } };
    },
    /** After the socket's refusal; true: `prepare` will find something else. */
    refused(error: WireError): boolean {
      if (!isTokenRefusal(error)) return false;
      dropToken();
      return true;
    },
    /** The next `prepare` asks the server again, with the same token. */
    stale() {
      fresh = false;
    },
    /** Tells the server at once; the connection stays. */
    renew: () => ask(),
    forget() {
      const token = current?.token;
      fresh = false;
      keep(null);
      if (!token) return;
      // Whoever copied the token is turned out too; here it is forgotten whatever the answer.
      const url = `${deps.url}/api/v1/visitor/logout`;
      void post(ports, { url, body: {}, token, timeoutMs: SESSION_MS });
    },
    /** Whose the outbox is: the person where the site named one, otherwise the visitor. */
    owner: () => current && (current.person === null ? current.visitorId : PERSON + current.person),
    /** Who writes now, also before the session: null while it may be anybody. */
    writer(): string | null {
      const { identity } = deps.hello();
      if (identity !== undefined) return PERSON + personOf(identity);
      return current?.person === null ? current.visitorId : null;
    },
    /** The server's clock, ms since the epoch, as far as it is known. */
    serverNow: () => ports.now() + skewMs,
    stop: () => stopListening?.(),
  };
}

/**
 * Tabs that began apart settle on one visitor, since an outbox item is one item only under one
 * visitor: anonymous ones on the older; a person's on the newer, which alone still reaches what it
 * wrote before it was named while the person had another conversation open.
 */
function prefers(mine: Stored, other: Stored): boolean {
  if (mine.person !== other.person || mine.visitorId === other.visitorId) return false;
  return mine.visitorId < other.visitorId === (mine.person === null);
}

/** An anonymous visitor that is given a name stays the one it was. */
function isStranger(
  before: Pick<Stored, 'visitorId' | 'person'> | null,
  now: Pick<Stored, 'visitorId' | 'person'>,
): boolean {
  if (!before) return false;
  return before.visitorId !== now.visitorId || (before.person ?? now.person) !== now.person;
}

/** Read, not verified: it only keeps two people's outboxes on this device apart. */
function personOf(identity: string | undefined): string | null {
  try {
    const payload = (identity ?? '').split('.')[1] ?? '';
    const { sub } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return String(sub);
  } catch {
    // Not a JWT we can read, though the server could: treated as a person of its own.
    return identity ?? '';
  }
}

export type Session = ReturnType<typeof createSession>;

function read(stored: string | null): Stored | null {
  if (stored === null) return null;
  try {
    const parsed = z.safeParse(Stored, JSON.parse(stored));
    return parsed.success ? parsed.data : null;
  } catch {
    // Damaged: same as none.
    return null;
  }
}
