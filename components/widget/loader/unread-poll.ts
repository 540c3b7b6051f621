import { ask, pause } from './appearance.ts';
import type { HostStorage } from './host-storage.ts';

/** ms between two looks while the page is in view. */
const EVERY_MS = 60_000;

/** Kept by the panel as long as a conversation is open: only then is there anything to ask. */
const LIVE = 'live';

/** The visitor's token as the client kept it (`session` of lib/sdk); undefined: nobody is known. */
export function tokenOf(storage: HostStorage): string | undefined {
  try {
    return JSON.parse(storage.get('session') ?? '{}').token;
  } catch {
    // Damaged: same as none.
    return undefined;
  }
}

export interface PollOptions {
  desk: string;
  storage: HostStorage;
  /** Whom the page speaks for; on a shared computer the desk tells a stranger nothing. */
  identity(): string | undefined;
  /** Called with a count above zero; polling has ended by then. */
  onUnread(count: number): void;
}

/**
 * Looks for answers while the panel is not loaded: one small request a minute, only with a token and
 * an open conversation, only while the page is in view.
 * @returns stops
 */
export function pollUnread({ desk, storage, identity, onUnread }: PollOptions): () => void {
  let timer = 0;
  let failures = 0;
  let stopped = false;
  const later = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = window.setTimeout(look, ms);
  };
  async function look() {
    const token = tokenOf(storage);
    if (document.hidden || !token || !storage.get(LIVE)) return later(EVERY_MS);
    const person = identity();
    try {
      const answer = (await ask(`${desk}/api/v1/visitor/unread`, {
        headers: {
          authorization: `Bearer ${token}`,
          ...(person && { 'x-parlour-identity': person }),
        },
      })) as { data?: { unread?: unknown } } | null;
      const count = Math.trunc(Number(answer?.data?.unread)) || 0;
      failures = 0;
      if (stopped) return;
      if (count > 0) {
        stopped = true;
        onUnread(count);
      }
      later(EVERY_MS);
    } catch {
      // Refused, hanging or gone: the page must not notice; ever more slowly.
      failures += 1;
      later(EVERY_MS + pause(failures + 4, Math.random()));
    }
  }
  const onView = () => document.hidden || later(1000);
  document.addEventListener('visibilitychange', onView);
  later(500);
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onView);
  };
}
