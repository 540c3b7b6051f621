import { ask, pause } from './appearance.ts';
import type { HostStorage } from './host-storage.ts';

/** ms between two looks while the page is in view. */
const EVERY_MS = 60_000;

/** Kept by the panel as long as a conversation is open (`liveMark`): only then there is anything to ask. */
export const LIVE = 'live';

/** The visitor's token as the client kept it (`session` of lib/sdk), or null. */
export function tokenOf(storage: HostStorage): string | null {
  try {
    const session = JSON.parse(storage.get('session') ?? 'null') as { token?: unknown } | null;
    return typeof session?.token === 'string' && session.token !== '' ? session.token : null;
  } catch {
    // Damaged: nobody is known.
    return null;
  }
}

/** Unread messages in the answer to `conversation.list`. */
function countUnread(answer: unknown): number {
  const { data } = answer as { data?: { conversations?: { unread: number }[] } };
  const counts = data?.conversations?.map((c) => Math.trunc(c.unread) || 0) ?? [];
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Looks for answers while the panel is not loaded: one small request a minute, only with a token and
 * an open conversation, only while the page is in view.
 * @param mayLook whether there is an open conversation of whom the page speaks for
 * @param onUnread called with a count above zero; polling has ended by then
 * @returns stops
 */
export function pollUnread(
  desk: string,
  storage: HostStorage,
  mayLook: () => boolean,
  onUnread: (count: number) => void,
): () => void {
  let timer = 0;
  let failures = 0;
  let stopped = false;
  const later = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = window.setTimeout(look, ms);
  };
  async function look() {
    const token = tokenOf(storage);
    if (document.hidden || !token || !mayLook()) return later(EVERY_MS);
    try {
      const answer = await ask(`${desk}/api/v1/visitor/command`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: '{"name":"conversation.list","input":{}}',
      });
      failures = 0;
      if (stopped) return;
      const count = answer ? countUnread(answer) : 0;
      if (count > 0) {
        stopped = true;
        onUnread(count);
      } else if (answer === null) storage.set(LIVE, null);
      later(EVERY_MS);
    } catch {
      // Refused, hanging or gone: the page must not notice; ever more slowly.
      failures += 1;
      later(Math.max(EVERY_MS, pause(failures + 4, Math.random())));
    }
  }
  const onView = () => {
    if (!document.hidden) later(1000);
  };
  document.addEventListener('visibilitychange', onView);
  later(500);
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onView);
  };
}
