import type { Pool } from 'pg';
import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import { type MemberCommandName, MemberCommands } from '#lib/protocol/member.ts';
import {
  type Conversations,
  createConversations,
  type MemberCtx,
} from '#server/conversation/index.ts';

/** A member's command as the desk runs it after the socket: input parsed by its schema, then run. */
export interface Console {
  ask<N extends MemberCommandName>(
    who: MemberCtx,
    name: N,
    input: MemberInput<N>,
  ): Promise<MemberOutput<N>>;
  node: Conversations;
}

export function openConsole(pool: Pool): Console {
  const node = createConversations({ pool });
  return {
    node,
    async ask(who, name, input) {
      const command = node.commands.member.get(name);
      if (!command) throw new Error(`no command ${name}`);
      const parsed = MemberCommands[name].input.parse(input);
      return (await command.run(node, who, parsed)) as MemberOutput<typeof name>;
    },
  };
}
