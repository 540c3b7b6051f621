import type * as z from 'zod/mini';
import { MemberCommands } from '#lib/protocol/member.ts';
import { VisitorCommands } from '#lib/protocol/visitor.ts';
import type { CommandSpec, Ctx, Role } from '#server/conversation/index.ts';
import type { Connection } from '#server/gateway/index.ts';

export type Audience = 'visitor' | 'member';

/** A command as both edges run it. */
export interface RegisteredCommand {
  name: string;
  audience: Audience;
  /** Least role of a member. */
  role: Role;
  limit: CommandSpec['limit'];
  input: z.ZodMiniType;
  output: z.ZodMiniType;
  /** `input` has been parsed. */
  run(ctx: Ctx, input: unknown, connection: Connection | null): Promise<unknown>;
}

export interface Registry {
  find(audience: Audience, name: string): RegisteredCommand | null;
  /** Every command, for the test that tries each as somebody who may not. */
  all(): readonly RegisteredCommand[];
}

/** What a room brings: everything of a command but its schemas, which the protocol has. */
export type CommandSource = Omit<RegisteredCommand, 'input' | 'output' | 'role'> & { role?: Role };

const SCHEMAS: Record<Audience, Record<string, { input: z.ZodMiniType; output: z.ZodMiniType }>> = {
  visitor: VisitorCommands,
  member: MemberCommands,
};

/**
 * The one list of commands. Of two sources of the same command the later wins, so that the gateway
 * can wrap a read that also joins a room.
 * @throws Error when the protocol has a command that nobody runs, or a room brings one it lacks
 */
export function createRegistry(sources: Iterable<CommandSource>): Registry {
  const commands: Record<Audience, Map<string, RegisteredCommand>> = {
    visitor: new Map(),
    member: new Map(),
  };
  for (const source of sources) {
    const schema = SCHEMAS[source.audience][source.name];
    if (!schema) throw new Error(`the protocol has no ${source.audience} command ${source.name}`);
    commands[source.audience].set(source.name, {
      ...source,
      ...schema,
      role: source.role ?? 'agent',
    });
  }
  const missing = (['visitor', 'member'] as const).flatMap((audience) =>
    Object.keys(SCHEMAS[audience])
      .filter((name) => !commands[audience].has(name))
      .map((name) => `${audience} ${name}`),
  );
  if (missing.length > 0) throw new Error(`nobody runs: ${missing.join(', ')}`);
  return {
    find: (audience, name) => commands[audience].get(name) ?? null,
    all: () => [...commands.visitor.values(), ...commands.member.values()],
  };
}
