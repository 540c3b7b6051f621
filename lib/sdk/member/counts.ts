import * as z from 'zod/mini';
import type { Reply } from '#lib/protocol/envelope.ts';
import { MemberCommands } from '#lib/protocol/member.ts';
import type { ClientPorts, InboxCounts } from '../api.ts';

/** At most one question per this, however many rows change. */
const GAP_MS = 1_000;

/** The numbers beside the views, asked for when rows changed. */
export function createCounts(
  ports: Pick<ClientPorts, 'setTimeout' | 'clearTimeout'>,
  call: (name: string, input: unknown) => Promise<Reply<unknown>>,
  onCounts: (counts: InboxCounts) => void,
) {
  let timer: unknown = null;
  let stale = false;

  async function refresh() {
    stale = false;
    const reply = await call('inbox.counts', {});
    if (!reply.ok) return;
    const parsed = z.safeParse(MemberCommands['inbox.counts'].output, reply.data);
    if (parsed.success) onCounts(parsed.data);
  }

  return {
    refresh,
    /** Now, or once at the end of the gap. */
    ask() {
      stale = true;
      if (timer !== null) return;
      timer = ports.setTimeout(() => {
        timer = null;
        if (stale) void refresh();
      }, GAP_MS);
    },
    stop() {
      if (timer !== null) ports.clearTimeout(timer);
    },
  };
}
