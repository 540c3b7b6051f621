import type { EventItem } from '../api.ts';

/** What both audiences' events have in common. */
export interface Sequenced {
  seq: number;
  kind: string;
  clientKey?: string | undefined;
}

/**
 * The events of one conversation as far as they are contiguous from 1. What comes beyond a gap is
 * held back until the gap is filled; repeats are dropped. Pure bookkeeping, no time, no network.
 */
export interface Log<E extends Sequenced> {
  /** Contiguous, in order; a new array exactly when something was added. */
  items(): readonly EventItem<E>[];
  /** Last contiguous seq. */
  head(): number;
  /** Something beyond the head is known to exist. */
  behind(): boolean;
  /** A seq that exists on the server. */
  expect(seq: number): void;
  /** Returns what became visible, in order. */
  add(events: readonly E[]): E[];
}

export function createLog<E extends Sequenced>(): Log<E> {
  let items: EventItem<E>[] = [];
  let known = 0;
  const held = new Map<number, E>();
  return {
    items: () => items,
    head: () => items.length,
    behind: () => known > items.length,
    expect(seq) {
      if (seq > known) known = seq;
    },
    add(events) {
      for (const event of events) {
        if (event.seq > items.length) held.set(event.seq, event);
        if (event.seq > known) known = event.seq;
      }
      const fresh: E[] = [];
      let next = items.length + 1;
      for (let event = held.get(next); event; event = held.get(++next)) {
        held.delete(next);
        fresh.push(event);
      }
      if (fresh.length > 0) {
        items = items.concat(
          fresh.map((event) => ({ kind: 'event', key: event.clientKey ?? `${event.seq}`, event })),
        );
      }
      return fresh;
    },
  };
}
