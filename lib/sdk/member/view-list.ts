import type { ConversationRow } from '#lib/protocol/member.ts';
import type { InboxList } from '../api.ts';
import type { ViewRule } from './views.ts';

/**
 * One view as far as it was paged in: ids in the view's order, kept by binary search. Rows behind the
 * last page stay out until their page is loaded, so that the list never has holes.
 */
export function createViewList(rule: ViewRule, rowOf: (id: string) => ConversationRow | undefined) {
  let ids: string[] = [];
  const members = new Set<string>();
  let published: InboxList = { ids: [], status: 'unasked', more: false, loadingMore: false };
  let dirty = false;
  /** Last row of the last page as it was then; null: all are here. */
  let edge: ConversationRow | null = null;
  let next: string | null = null;

  /** Where the row stands or would stand. `rowOf` must still know it as it was when inserted. */
  function place(row: ConversationRow): number {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = rowOf(ids[middle] ?? '');
      if (other && rule.compare(other, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const inside = (row: ConversationRow) => edge === null || rule.compare(row, edge) <= 0;
  const publish = (part: Partial<InboxList>) => {
    published = { ...published, ...part };
  };

  return {
    status: () => published.status,
    next: () => next,
    /** Before the row changes: takes it out at its old place. */
    lift(before: ConversationRow) {
      if (!members.delete(before.id)) return;
      dirty = true;
      ids.splice(place(before), 1);
    },
    /** After the row changed. */
    put(after: ConversationRow, me: string) {
      if (published.status === 'unasked' || !rule.holds(after, me) || !inside(after)) return;
      dirty = true;
      members.add(after.id);
      ids.splice(place(after), 0, after.id);
    },
    /** Whether a change from one row to the other leaves its place as it is. */
    keeps(before: ConversationRow, after: ConversationRow, me: string): boolean {
      const holds = rule.holds(after, me);
      if (!members.has(before.id))
        return !holds || !inside(after) || published.status === 'unasked';
      return holds && rule.compare(before, after) === 0;
    },
    has: (id: string) => members.has(id),
    loading(more: boolean) {
      publish(more ? { loadingMore: true } : { status: 'loading' });
    },
    /** A page came, whose rows are put next. `last`: the page's last row. */
    paged(last: ConversationRow | undefined, after: string | null) {
      next = after;
      edge = after === null ? null : (last ?? edge);
      while (ids.length > 0) {
        const row = rowOf(ids.at(-1) ?? '');
        if (!row || inside(row)) break;
        members.delete(row.id);
        ids.pop();
        dirty = true;
      }
      publish({ status: 'ready', more: after !== null, loadingMore: false });
    },
    clear() {
      ids = [];
      members.clear();
      edge = null;
      next = null;
      dirty = true;
      publish({ status: 'unasked', more: false, loadingMore: false });
    },
    /** The snapshot; identical while nothing changed. */
    snapshot(): InboxList {
      if (dirty) {
        dirty = false;
        publish({ ids: ids.slice() });
      }
      return published;
    },
  };
}
export type ViewList = ReturnType<typeof createViewList>;
