import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { PendingItem } from '../api.ts';
import { backoffMs } from './backoff.ts';
import { createEntry, type OutboxEntry, viewOf } from './outbox-entry.ts';
import { type OutboxItem, readOutboxItem } from './outbox-item.ts';
import type { Outbox, OutboxDeps } from './outbox-ports.ts';

/** What another tab wrote is left to that tab for so long; it may have died since. */
const OTHERS_MS = 5_000;

const NOTHING: readonly PendingItem[] = [];
const GONE: WireError = { code: 'not_possible_now', message: 'It was dropped before it was sent.' };

/**
 * Everything written here until the log shows it. One in flight per conversation, in the order of
 * writing; repeated under the same key until the server answers (D7); kept in storage, one key each.
 */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { ports, storage, prefix } = deps;
  let live: OutboxEntry[] = [];
  let views = new Map<string, readonly PendingItem[]>();
  const inFlight = new Set<string>();
  let online = false;
  let stopped = false;
  let timer: unknown = null;
  let timerAt = Number.POSITIVE_INFINITY;

  const changed = () => {
    views = new Map();
    deps.onChange();
  };
  const find = (clientKey: string) => live.find((entry) => entry.item.clientKey === clientKey);
  const keep = (entry: OutboxEntry) => {
    if (entry.persist) storage.set(prefix + entry.item.clientKey, JSON.stringify(entry.item));
  };
  const forget = (entry: OutboxEntry) => {
    if (entry.persist) storage.set(prefix + entry.item.clientKey, null);
  };
  const drop = (entry: OutboxEntry, reply: Reply<null>) => {
    live = live.filter((other) => other !== entry);
    entry.done?.(reply);
    entry.done = null;
  };

  function insert(entry: OutboxEntry) {
    const at = live.findLastIndex((other) => other.item.clientKey < entry.item.clientKey);
    live = live.toSpliced(at + 1, 0, entry);
  }

  function enliven(item: OutboxItem, persist: boolean, notBefore: number): OutboxEntry {
    const entry = createEntry(item, persist, notBefore);
    insert(entry);
    return entry;
  }

  function wakeAt(at: number) {
    if (at >= timerAt) return;
    if (timer !== null) ports.clearTimeout(timer);
    timerAt = at;
    timer = ports.setTimeout(
      () => {
        timer = null;
        timerAt = Number.POSITIVE_INFINITY;
        pump();
      },
      Math.max(0, at - ports.now()),
    );
  }

  function pump() {
    if (stopped || !online) return;
    const passed = new Set<string>();
    for (const entry of live) {
      const conversationId = entry.item.conversationId;
      if (entry.resting || entry.status === 'failed' || entry.status === 'acked') continue;
      // Only the first unanswered one of each conversation may move.
      if (passed.has(conversationId)) continue;
      passed.add(conversationId);
      if (inFlight.has(conversationId)) continue;
      if (entry.notBefore > ports.now()) wakeAt(entry.notBefore);
      else void transmit(entry);
    }
  }

  async function transmit(entry: OutboxEntry) {
    const sentTo = entry.item.conversationId;
    inFlight.add(sentTo);
    entry.status = 'sending';
    changed();
    const reply = await deps.send(entry.item);
    inFlight.delete(sentTo);
    if (stopped || !live.includes(entry)) {
      pump();
      return;
    }
    if (reply.ok) {
      entry.status = 'acked';
      entry.seq = reply.data.seq;
      forget(entry);
      deps.onAcked(entry.item, reply.data.seq);
      entry.done?.({ ok: true, data: null });
      entry.done = null;
      if (deps.shownAs(entry.item.name) === null) drop(entry, { ok: true, data: null });
    } else if (reply.error.retryAfterMs !== undefined) {
      entry.status = 'waiting';
      // Without a connection the next one decides when; with one, slower each time.
      const wait = Math.max(reply.error.retryAfterMs, backoffMs(entry.tries, ports.random));
      entry.tries += 1;
      entry.notBefore = online ? ports.now() + wait : 0;
    } else if (deps.onRefused(entry.item, reply.error) === 'again') {
      entry.status = 'waiting';
    } else if (deps.shownAs(entry.item.name) === null) {
      forget(entry);
      drop(entry, reply);
    } else {
      entry.status = 'failed';
      entry.error = reply.error;
    }
    changed();
    pump();
  }

  function load() {
    for (const key of storage.keys(prefix)) {
      const item = readOutboxItem(storage.get(key));
      if (item && !find(item.clientKey)) enliven(item, true, 0);
    }
  }

  const stopListening = storage.onChange?.((key, value) => {
    if (stopped || !key.startsWith(prefix)) return;
    const known = find(key.slice(prefix.length));
    if (value === null) {
      // Delivered by another tab, or discarded there: once the log is up to date it goes from here too.
      if (!known || known.status === 'sending' || known.status === 'acked') return;
      known.status = 'acked';
      void deps.onElsewhere(known.item.conversationId).then(() => {
        if (!live.includes(known)) return;
        drop(known, { ok: true, data: null });
        changed();
      });
      return;
    }
    const item = readOutboxItem(value);
    if (!item) return;
    if (known) known.item = item;
    else enliven(item, true, ports.now() + OTHERS_MS);
    changed();
    pump();
  });

  load();

  return {
    add(item, options) {
      const entry = enliven(item, options?.persist ?? true, 0);
      keep(entry);
      const answered = new Promise<Reply<null>>((resolve) => {
        entry.done = resolve;
      });
      changed();
      pump();
      return answered;
    },
    retry(clientKey) {
      const entry = find(clientKey);
      if (entry?.status !== 'failed') return;
      entry.status = 'waiting';
      entry.error = null;
      entry.tries = 0;
      entry.notBefore = 0;
      changed();
      pump();
    },
    discard(clientKey) {
      const entry = find(clientKey);
      if (!entry || entry.status === 'sending' || entry.status === 'acked') return null;
      forget(entry);
      drop(entry, { ok: false, error: GONE });
      changed();
      pump();
      return entry.item;
    },
    pending(conversationId) {
      const before = views.get(conversationId);
      if (before) return before;
      const shown: PendingItem[] = [];
      for (const entry of live) {
        const of = deps.shownAs(entry.item.name);
        if (of === null || entry.resting || entry.item.conversationId !== conversationId) continue;
        shown.push(viewOf(entry, of));
      }
      const view = shown.length > 0 ? shown : NOTHING;
      views.set(conversationId, view);
      return view;
    },
    items: () =>
      live.filter((entry) => !entry.resting && entry.status !== 'acked').map((entry) => entry.item),
    seen(conversationId, head, clientKeys) {
      let any = false;
      for (const entry of live) {
        const shown = clientKeys.includes(entry.item.clientKey);
        const passed =
          entry.item.conversationId === conversationId && entry.seq !== null && entry.seq <= head;
        if (!shown && !passed) continue;
        any = true;
        forget(entry);
        drop(entry, { ok: true, data: null });
      }
      if (any) changed();
    },
    move(from, to, previousId, names) {
      for (const entry of live) {
        if (entry.item.conversationId !== from || entry.status === 'acked') continue;
        if (names && !names.has(entry.item.name)) continue;
        entry.item = { ...entry.item, conversationId: to, previousId };
        entry.notBefore = 0;
        keep(entry);
      }
      changed();
    },
    claim(owner, others) {
      for (const entry of live) {
        const fate = entry.item.owner === owner ? 'mine' : others(entry.item.owner);
        entry.resting = fate === 'rest';
        if (fate === 'drop') {
          forget(entry);
          drop(entry, { ok: false, error: GONE });
        } else if (fate === 'take') {
          entry.item = { ...entry.item, owner };
          keep(entry);
        }
      }
      changed();
    },
    setOnline(value) {
      online = value;
      if (!online) return;
      for (const entry of live) if (entry.tries === 0) entry.notBefore = 0;
      pump();
    },
    clear() {
      for (const entry of live) {
        forget(entry);
        drop(entry, { ok: false, error: GONE });
      }
      changed();
    },
    stop() {
      stopped = true;
      stopListening?.();
      if (timer !== null) ports.clearTimeout(timer);
    },
  };
}
