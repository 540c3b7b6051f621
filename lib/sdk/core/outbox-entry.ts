import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { PendingItem } from '../api.ts';
import type { OutboxItem } from './outbox-item.ts';

/** An item and how far it has come. */
export interface OutboxEntry {
  item: OutboxItem;
  status: 'waiting' | 'sending' | 'failed' | 'acked';
  error: WireError | null;
  tries: number;
  /** Not before this time (ms since the epoch). */
  notBefore: number;
  /** Set by the answer: in the log at this seq. */
  seq: number | null;
  persist: boolean;
  /** Somebody else's. */
  resting: boolean;
  done: ((reply: Reply<null>) => void) | null;
  view: PendingItem | null;
}

export function createEntry(item: OutboxItem, persist: boolean, notBefore: number): OutboxEntry {
  return {
    item,
    status: 'waiting',
    error: null,
    tries: 0,
    notBefore,
    seq: null,
    persist,
    resting: false,
    done: null,
    view: null,
  };
}

/** The same object until something shown changed. */
export function viewOf(entry: OutboxEntry, of: PendingItem['of']): PendingItem {
  // An acknowledged item is shown as on its way until its event stands in the log.
  const status = entry.status === 'acked' ? 'sending' : entry.status;
  const code = entry.error?.code ?? null;
  if (entry.view?.status === status && entry.view.code === code) return entry.view;
  const { clientKey, input, at } = entry.item;
  entry.view = {
    kind: 'pending',
    key: clientKey,
    of,
    clientKey,
    text: String(input.text ?? ''),
    at: new Date(at).toISOString(),
    status,
    code,
  };
  return entry.view;
}
