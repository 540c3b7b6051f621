import type { VisitorEvent } from '#lib/protocol/visitor.ts';
import type { StoredEvent } from '../records.ts';
import { type ReadableEvent, readEvent } from './event-data.ts';
import { instant, type MemberNames, nameOf } from './names.ts';

/** Keys that the server derives for further entries hold a space: they are nobody's outbox key. */
const OWN_KEY = /^[\x21-\x7e]{1,64}$/;

/** What of an event a visitor may be shown something of. */
export type ShownEvent = Pick<
  StoredEvent,
  'publicSeq' | 'kind' | 'v' | 'actorKind' | 'actorId' | 'clientId' | 'data' | 'at'
>;

type Body = VisitorEvent extends infer E
  ? E extends unknown
    ? Omit<E, 'seq' | 'at'>
    : never
  : never;

function author(event: ShownEvent, names: MemberNames) {
  switch (event.actorKind) {
    case 'visitor':
      return { kind: 'visitor' as const };
    case 'member':
      return { kind: 'agent' as const, name: nameOf(names, event.actorId) };
    case 'system':
      return { kind: 'system' as const };
  }
}

function body(read: ReadableEvent, event: ShownEvent, names: MemberNames): Body {
  switch (read.kind) {
    case 'message.sent': {
      const own = event.actorKind === 'visitor' && OWN_KEY.test(event.clientId);
      return {
        kind: 'message',
        author: author(event, names),
        text: read.data.text,
        ...(own ? { clientKey: event.clientId } : {}),
      };
    }
    case 'line.said':
      return { kind: 'line', line: read.data.line };
    case 'conversation.transitioned': {
      const { stage, ownerId } = read.data.after;
      return {
        kind: 'stage',
        stage,
        agent: ownerId === null ? null : { name: nameOf(names, ownerId) },
      };
    }
    case 'contact.left':
      return { kind: 'contact', name: read.data.name, email: read.data.email };
    case 'rating.given':
      return { kind: 'rating', score: read.data.score };
    // The opening shows nothing; a note or a merge never has a public seq, and if it had, would stay unsaid (I12).
    case 'conversation.opened':
    case 'contact.identified':
    case 'note.added':
      return { kind: 'unknown' };
  }
}

/**
 * An event as its visitor may see it, under its public seq (I12).
 * @returns null when it is for members only
 */
export function presentVisitorEvent(event: ShownEvent, names: MemberNames): VisitorEvent | null {
  if (event.publicSeq === null) return null;
  const read = readEvent(event);
  const shown: Body = read === null ? { kind: 'unknown' } : body(read, event, names);
  return { seq: event.publicSeq, at: instant(event.at), ...shown };
}

/** Whose names a visitor is shown of these events. */
export function agentsIn(events: readonly ShownEvent[]): Set<string> {
  const ids = new Set<string>();
  for (const event of events) {
    if (event.publicSeq === null) continue;
    if (event.actorKind === 'member' && event.actorId !== null) ids.add(event.actorId);
    const read = event.kind === 'conversation.transitioned' ? readEvent(event) : null;
    if (read?.kind === 'conversation.transitioned' && read.data.after.ownerId) {
      ids.add(read.data.after.ownerId);
    }
  }
  return ids;
}

/** The public ones of `events`, in their order. */
export function presentVisitorEvents(
  events: readonly ShownEvent[],
  names: MemberNames,
): VisitorEvent[] {
  return events.flatMap((event) => presentVisitorEvent(event, names) ?? []);
}
