import * as z from 'zod/mini';
import { type MemberEventWire, MemberPushes } from '#lib/protocol/member.ts';
import type { MemberThread } from '../api.ts';
import { createThread, type Thread, type ThreadDeps } from './thread.ts';

export interface ThreadsDeps extends Omit<ThreadDeps, 'row' | 'pending' | 'onEvents'> {
  row(conversationId: string): ReturnType<ThreadDeps['row']>;
  pending(conversationId: string): ReturnType<ThreadDeps['pending']>;
  onEvents(conversationId: string, events: readonly MemberEventWire[], head: number): void;
}

/** The opened conversations, each as long as somebody shows it. */
export function createThreads(deps: ThreadsDeps) {
  const opened = new Map<string, { thread: Thread; shown: number }>();
  let published: Readonly<Record<string, MemberThread>> = {};

  return {
    get: (id: string) => opened.get(id)?.thread,
    all: () => [...opened.values()].map(({ thread }) => thread),
    open(id: string) {
      const known = opened.get(id);
      if (known) {
        known.shown += 1;
        return;
      }
      const thread = createThread(id, {
        ...deps,
        row: () => deps.row(id),
        pending: () => deps.pending(id),
        onEvents: (events, head) => deps.onEvents(id, events, head),
      });
      opened.set(id, { thread, shown: 1 });
      deps.onChange();
      if (deps.online()) void thread.sync();
    },
    /** True when nobody shows it any more. */
    leave(id: string): boolean {
      const known = opened.get(id);
      if (!known || --known.shown > 0) return false;
      opened.delete(id);
      known.thread.stop();
      deps.onChange();
      return true;
    },
    /** @param me whose own typing, from another tab, is not shown */
    typing(payload: unknown, me: string | null) {
      const parsed = z.safeParse(MemberPushes.typing, payload);
      if (!parsed.success) return;
      const { conversationId, by, on } = parsed.data;
      if (by.kind === 'system' || by.id === me) return;
      opened.get(conversationId)?.thread.showTyping(on ? { kind: by.kind, id: by.id } : null);
    },
    /** Asked for again: the answer says why nothing more comes. */
    hidden(payload: unknown) {
      const parsed = z.safeParse(MemberPushes.hidden, payload);
      if (parsed.success) void opened.get(parsed.data.conversationId)?.thread.rejoin();
    },
    visitor(payload: unknown) {
      const parsed = z.safeParse(MemberPushes.visitor, payload);
      if (!parsed.success) return;
      const { conversationId, online, page } = parsed.data;
      opened.get(conversationId)?.thread.showVisitor(online, page);
    },
    /** The same object while no thread changed. */
    snapshot(): Readonly<Record<string, MemberThread>> {
      const next: Record<string, MemberThread> = {};
      let same = Object.keys(published).length === opened.size;
      for (const [id, { thread }] of opened) {
        const shown = thread.snapshot();
        next[id] = shown;
        if (published[id] !== shown) same = false;
      }
      if (!same) published = next;
      return published;
    },
    stop() {
      for (const { thread } of opened.values()) thread.stop();
    },
  };
}
