import type { ActionResult, Connection, PendingItem } from '#lib/sdk/api.ts';
import type { Journal } from '../recorder.ts';

interface SeenEvent {
  seq: number;
  kind: string;
  clientKey?: string | undefined;
  text?: string | undefined;
}
type Item = { kind: 'event'; event: SeenEvent } | PendingItem;

/** Writes down what one page shows to the person, each thing once. */
export function createShowing(journal: Journal) {
  const heads = new Map<string, number>();
  const failures = new Set<string>();
  let refused = false;

  return {
    show(conversationId: string, items: readonly Item[]) {
      const before = heads.get(conversationId) ?? 0;
      let head = 0;
      for (const item of items) {
        if (item.kind === 'event') {
          head += 1;
          if (head <= before) continue;
          const { seq, kind, clientKey = null, text = null } = item.event;
          journal.write({ kind: 'shown', conversationId, seq, event: kind, key: clientKey, text });
        } else if (item.status === 'failed' && !failures.has(item.clientKey)) {
          failures.add(item.clientKey);
          journal.write({
            kind: 'error_shown',
            conversationId,
            key: item.clientKey,
            code: item.code ?? 'internal',
            of: item.of === 'note' ? 'note.add' : 'message.send',
          });
        }
      }
      heads.set(conversationId, Math.max(head, before));
    },
    /** Takes the answer of an action the person waited for. */
    answered: (of: string, conversationId: string | null) => (result: ActionResult<unknown>) => {
      if (result.ok) return;
      const { code } = result.error;
      journal.write({ kind: 'error_shown', conversationId, key: null, code, of });
    },
    connection(connection: Connection) {
      if (connection.kind !== 'refused' && connection.kind !== 'outdated') {
        refused = false;
        return;
      }
      if (refused) return;
      refused = true;
      const code = connection.kind === 'refused' ? connection.error.code : 'protocol_outdated';
      journal.write({
        kind: 'error_shown',
        conversationId: null,
        key: null,
        code,
        of: 'connection',
      });
    },
    /** Written here, not in the log yet, and still to be sent. */
    unsent: (items: readonly Item[]): number =>
      items.filter((item) => item.kind === 'pending' && item.status !== 'failed').length,
    /** Last seq held. */
    held(items: readonly Item[]): number {
      const last = items.findLast((item) => item.kind === 'event');
      return last?.kind === 'event' ? last.event.seq : 0;
    },
  };
}
