import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import { type ConversationRow, InboxView } from '#lib/protocol/member.ts';
import type { ActionResult, ClientPorts, InboxList, Unsubscribe } from '../api.ts';
import { arrayOf, fields } from '../core/parse.ts';
import { failed } from '../core/wire.ts';
import { parseRows } from './parse.ts';
import { mergeRow } from './row-merge.ts';
import { createViewList, type ViewList } from './view-list.ts';
import { VIEW_RULES } from './views.ts';

/** Between two syncs; hints in between are answered by one. */
const SYNC_GAP_MS = 250;
const RETRY_MS = 1_000;
/** A refusal that names no time is perhaps for good: asked again, but seldom. */
const REFUSED_MS = 10_000;

export interface InboxDeps {
  ports: Pick<ClientPorts, 'now' | 'setTimeout' | 'clearTimeout'>;
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  online(): boolean;
  /** My member id; null before the desk is open. */
  me(): string | null;
  /** How far this device has read. */
  readSeq(conversationId: string): number;
  /** `news`: by a sync or push; a list only shows what was there. */
  onRow(before: ConversationRow | undefined, after: ConversationRow, news: boolean): void;
  onGone(conversationId: string): void;
  /** Something was synced; lists may have changed. */
  onChange(): void;
}

const VIEWS = InboxView.options;

/**
 * The member's rows and views, kept converged by `inbox.sync` (D4). A changed row costs a few binary
 * searches, whatever the number of rows.
 */
export function createInbox(deps: InboxDeps) {
  const { ports } = deps;
  const rows = new Map<string, ConversationRow>();
  const rowListeners = new Map<string, Set<() => void>>();
  const rowOf = (id: string) => rows.get(id);
  const lists = Object.fromEntries(
    VIEWS.map((view) => [view, createViewList(VIEW_RULES[view], rowOf)]),
  ) as Record<InboxView, ViewList>;
  const wanted = new Set<InboxView>();
  /** Timers of the views whose page failed. */
  const retries = new Map<InboxView, unknown>();
  let cursor: string | null = null;
  let syncing = false;
  let again = false;
  let timer: unknown = null;
  let syncedAt = Number.NEGATIVE_INFINITY;
  let published: Readonly<Record<InboxView, InboxList>> | null = null;

  function apply(next: ConversationRow, news: boolean): ConversationRow {
    const before = rows.get(next.id);
    const after = mergeRow(before, next, deps.readSeq(next.id));
    if (after === before) return after;
    const me = deps.me() ?? '';
    const moving = VIEWS.filter((view) => !before || !lists[view].keeps(before, after, me));
    if (before) for (const view of moving) lists[view].lift(before);
    rows.set(after.id, after);
    for (const view of moving) lists[view].put(after, me);
    for (const listener of [...(rowListeners.get(after.id) ?? [])]) listener();
    deps.onRow(before, after, news);
    return after;
  }

  function remove(id: string) {
    const before = rows.get(id);
    if (!before) return;
    for (const view of VIEWS) lists[view].lift(before);
    rows.delete(id);
    for (const listener of [...(rowListeners.get(id) ?? [])]) listener();
    deps.onGone(id);
  }

  function endRetry(view: InboxView) {
    if (retries.has(view)) ports.clearTimeout(retries.get(view));
    retries.delete(view);
  }

  /**
   * What fails is still under way for those who look on: it comes by itself, after a while or with
   * the line. Who asked would else ask again at once, or never.
   */
  function retry(view: InboxView, error: WireError) {
    if (!deps.online()) return;
    const { retryAfterMs } = error;
    const wait = retryAfterMs === undefined ? REFUSED_MS : Math.max(RETRY_MS, retryAfterMs);
    retries.set(
      view,
      ports.setTimeout(() => resume(view), wait),
    );
  }

  function resume(view: InboxView) {
    endRetry(view);
    const list = lists[view];
    if (list.status() !== 'ready') void page(view, null);
    else if (list.snapshot().loadingMore) void page(view, list.next());
  }

  async function page(view: InboxView, after: string | null): Promise<ActionResult> {
    const list = lists[view];
    endRetry(view);
    list.loading(after !== null);
    deps.onChange();
    const reply = await deps.call('inbox.list', after === null ? { view } : { view, after });
    if (!reply.ok) {
      retry(view, reply.error);
      return reply;
    }
    const data = fields(reply.data);
    // A later page of a list that was cleared meanwhile belongs nowhere.
    if (after === null || list.next() === after) {
      const found = parseRows(data.rows);
      list.paged(found.at(-1), typeof data.next === 'string' ? data.next : null);
      for (const row of found) {
        const merged = apply(row, false);
        if (!list.has(row.id)) list.put(merged, deps.me() ?? '');
      }
      // The oldest cursor covers every list.
      cursor ??= String(data.cursor);
    }
    deps.onChange();
    return { ok: true, data: null };
  }

  async function sync() {
    if (syncing) {
      again = true;
      return;
    }
    if (timer !== null) ports.clearTimeout(timer);
    timer = null;
    syncing = true;
    let more = true;
    while (more && cursor !== null) {
      again = false;
      const reply = await deps.call('inbox.sync', { cursor });
      if (!reply.ok) {
        if (reply.error.retryAfterMs !== undefined && deps.online()) {
          later(Math.max(RETRY_MS, reply.error.retryAfterMs));
        }
        break;
      }
      const data = fields(reply.data);
      if (data.reset === true) {
        cursor = null;
        for (const view of VIEWS) lists[view].clear();
        loadWanted();
        break;
      }
      cursor = String(data.cursor);
      for (const row of parseRows(data.rows)) apply(row, true);
      for (const id of arrayOf(data.gone, (entry) => String(entry))) remove(id);
      deps.onChange();
      more = data.more === true;
    }
    syncing = false;
    syncedAt = ports.now();
    if (again) hint();
  }

  function later(ms: number) {
    timer ??= ports.setTimeout(() => {
      timer = null;
      void sync();
    }, ms);
  }

  /** Something changed: sync, now or when the last sync is long enough ago. */
  function hint() {
    if (syncing) again = true;
    else later(Math.max(0, syncedAt + SYNC_GAP_MS - ports.now()));
  }

  function loadWanted() {
    for (const view of wanted) resume(view);
  }

  return {
    row: rowOf,
    rows: () => rows.values(),
    apply,
    hint,
    sync,
    show(view: InboxView) {
      if (wanted.has(view)) return;
      wanted.add(view);
      if (deps.online() && deps.me() !== null) void page(view, null);
    },
    loadMore(view: InboxView): Promise<ActionResult> {
      const after = lists[view].next();
      const { loadingMore } = lists[view].snapshot();
      if (after !== null && !loadingMore) return page(view, after);
      return Promise.resolve(
        loadingMore
          ? failed({ code: 'not_possible_now', message: 'The next page is under way.' })
          : { ok: true, data: null },
      );
    },
    /** After each connect: list what is missing, sync the rest. */
    joined() {
      loadWanted();
      if (cursor !== null) void sync();
    },
    subscribeRow(id: string, listener: () => void): Unsubscribe {
      const entry = () => listener();
      const listeners = rowListeners.get(id) ?? new Set();
      rowListeners.set(id, listeners.add(entry));
      return () => {
        listeners.delete(entry);
        if (listeners.size === 0) rowListeners.delete(id);
      };
    },
    snapshot(): Readonly<Record<InboxView, InboxList>> {
      const next = Object.fromEntries(
        VIEWS.map((view) => [view, lists[view].snapshot()]),
      ) as Record<InboxView, InboxList>;
      const before = published;
      if (!before || VIEWS.some((view) => before[view] !== next[view])) published = next;
      return published ?? next;
    },
    stop() {
      if (timer !== null) ports.clearTimeout(timer);
      for (const view of VIEWS) endRetry(view);
    },
  };
}
