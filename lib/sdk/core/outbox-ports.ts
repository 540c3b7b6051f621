import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { ClientPorts, PendingItem, StoragePort } from '../api.ts';
import type { OutboxItem } from './outbox-item.ts';

export interface OutboxDeps {
  ports: Pick<ClientPorts, 'now' | 'random' | 'setTimeout' | 'clearTimeout'>;
  storage: StoragePort;
  prefix: string;
  send(item: OutboxItem): Promise<Reply<{ seq: number }>>;
  /** Whether items of this kind can be seen among the messages, and as what. */
  shownAs(name: string): PendingItem['of'] | null;
  /** `again`: the item was moved to another conversation and is sent anew. */
  onRefused(item: OutboxItem, error: WireError): 'again' | 'failed';
  /** In the log at this seq; the event itself may still be on its way. */
  onAcked(item: OutboxItem, seq: number): void;
  /** Another tab delivered or dropped it: its conversation should be looked at. */
  onElsewhere(conversationId: string): Promise<void>;
  onChange(): void;
}

export interface Outbox {
  add(item: OutboxItem, options?: { persist?: boolean }): Promise<Reply<null>>;
  retry(clientKey: string): void;
  discard(clientKey: string): OutboxItem | null;
  /** What is shown behind the events, in the order of writing. Identical until it changes. */
  pending(conversationId: string): readonly PendingItem[];
  /** Unfinished items, oldest first. */
  items(): OutboxItem[];
  /** The log shows everything up to `head`, and these keys. */
  seen(conversationId: string, head: number, clientKeys: readonly string[]): void;
  /** Items of one conversation (of these names; unset: all) go to another; key and order stay. */
  move(from: string, to: string, previousId: string | null, names?: ReadonlySet<string>): void;
  /**
   * Who writes here now. Items of other owners rest, unseen and unsent (`rest`), go (`drop`),
   * become this owner's (`take`), or stay as they are (`keep`).
   */
  claim(owner: string, others: (owner: string | null) => 'rest' | 'drop' | 'take' | 'keep'): void;
  setOnline(online: boolean): void;
  /** Forgets everything; waiting promises are answered. */
  clear(): void;
  stop(): void;
}
