import * as z from 'zod/mini';
import type { VisitorConversation as Outline } from '#lib/protocol/visitor.ts';
import { VisitorConversation, VisitorEvent } from '#lib/protocol/visitor.ts';
import { arrayOf } from '../core/parse.ts';

/** An event this code does not know keeps its place in the sequence and shows nothing. */
export function parseVisitorEvents(value: unknown): VisitorEvent[] {
  return arrayOf(value, (entry) => {
    const parsed = z.safeParse(VisitorEvent, entry);
    if (parsed.success) return parsed.data;
    const { seq, at } = (entry ?? {}) as { seq?: unknown; at?: unknown };
    if (typeof seq !== 'number' || !Number.isInteger(seq) || seq < 1) return null;
    return { kind: 'unknown', seq, at: typeof at === 'string' ? at : '' };
  });
}

export function parseOutline(value: unknown): Outline | null {
  const parsed = z.safeParse(VisitorConversation, value);
  return parsed.success ? parsed.data : null;
}

export function parseOutlines(value: unknown): Outline[] {
  return arrayOf(value, parseOutline);
}
