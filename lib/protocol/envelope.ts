import type * as z from 'zod/mini';
import type { WireError } from './errors.ts';
import type { MemberCommandName, MemberCommands } from './member.ts';
import type { VisitorCommandName, VisitorCommands } from './visitor.ts';

/**
 * How commands travel. Socket: `emit('command', { name, input }, ack)`; HTTPS fallback:
 * `POST /api/v1/{visitor|member}/command` with the same body. Both answer a Reply.
 */
export interface Envelope<N extends string = string> {
  name: N;
  input: unknown;
}

export type Reply<T> = { ok: true; data: T } | { ok: false; error: WireError };

export type VisitorInput<N extends VisitorCommandName> = z.input<
  (typeof VisitorCommands)[N]['input']
>;
export type VisitorOutput<N extends VisitorCommandName> = z.output<
  (typeof VisitorCommands)[N]['output']
>;
export type MemberInput<N extends MemberCommandName> = z.input<(typeof MemberCommands)[N]['input']>;
export type MemberOutput<N extends MemberCommandName> = z.output<
  (typeof MemberCommands)[N]['output']
>;
