import * as z from 'zod/mini';
import { ConversationRow, MemberEventWire, MemberView } from '#lib/protocol/member.ts';
import { arrayOf } from '../core/parse.ts';

/** An event this code does not know keeps its place in the sequence. */
export function parseMemberEvents(value: unknown): MemberEventWire[] {
  return arrayOf(value, (entry) => {
    const parsed = z.safeParse(MemberEventWire, entry);
    if (parsed.success) return parsed.data;
    const { seq, at, kind } = (entry ?? {}) as Record<string, unknown>;
    if (typeof seq !== 'number' || !Number.isInteger(seq) || seq < 1) return null;
    return {
      kind: 'unknown',
      seq,
      at: typeof at === 'string' ? at : '',
      actor: { kind: 'system', id: null },
      name: String(kind),
    };
  });
}

export function parseRow(value: unknown): ConversationRow | null {
  const parsed = z.safeParse(ConversationRow, value);
  return parsed.success ? parsed.data : null;
}

export function parseRows(value: unknown): ConversationRow[] {
  return arrayOf(value, parseRow);
}

export function parseMember(value: unknown): MemberView | null {
  const parsed = z.safeParse(MemberView, value);
  return parsed.success ? parsed.data : null;
}
