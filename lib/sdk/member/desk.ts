import * as z from 'zod/mini';
import type { Reply } from '#lib/protocol/envelope.ts';
import { MemberCommands } from '#lib/protocol/member.ts';
import type { ActionResult, Desk, MemberState } from '../api.ts';
import type { Store } from '../core/store.ts';
import { failed, GARBLED } from '../core/wire.ts';
import { parseMember } from './parse.ts';

/** Who I am, and the members, queues and replies around me. */
export function createDesk(
  store: Store<MemberState>,
  call: (name: string, input: unknown) => Promise<Reply<unknown>>,
  onOpened: (desk: Desk) => void,
) {
  return {
    async open(): Promise<ActionResult<Desk>> {
      const reply = await call('desk.open', {});
      if (!reply.ok) return reply;
      const parsed = z.safeParse(MemberCommands['desk.open'].output, reply.data);
      if (!parsed.success) return failed(GARBLED);
      store.patch({ desk: parsed.data });
      onOpened(parsed.data);
      return { ok: true, data: parsed.data };
    },
    /** A member as they are now. */
    showMember(value: unknown) {
      const member = parseMember(value);
      const { desk } = store.getState();
      if (!member || !desk) return;
      const known = desk.members.some((other) => other.id === member.id);
      store.patch({
        desk: {
          ...desk,
          me: member.id === desk.me.id ? member : desk.me,
          members: known
            ? desk.members.map((other) => (other.id === member.id ? member : other))
            : [...desk.members, member],
        },
      });
    },
  };
}
