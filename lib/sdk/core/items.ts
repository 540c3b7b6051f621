import type { EventItem, PendingItem } from '../api.ts';

const NOTHING: readonly never[] = [];

/** Events then pending items, as one array that stays the same while neither part changed. */
export function createItems<E>() {
  let events: readonly EventItem<E>[] = NOTHING;
  let pending: readonly PendingItem[] = NOTHING;
  let items: readonly (EventItem<E> | PendingItem)[] = NOTHING;
  return (
    nextEvents: readonly EventItem<E>[],
    nextPending: readonly PendingItem[],
  ): readonly (EventItem<E> | PendingItem)[] => {
    if (nextEvents === events && sameItems(nextPending, pending)) return items;
    events = nextEvents;
    pending = nextPending;
    items = pending.length > 0 ? [...events, ...pending] : events;
    return items;
  };
}

/** The same elements in the same order. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}
