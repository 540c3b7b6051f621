import type { ConversationRecord, StoredEvent } from '#server/conversation/index.ts';
import type { Life } from './lives.ts';

/**
 * A life turned into something PostgreSQL can copy: format() strings in which ids and times are holes.
 * Holes 1 … 8 are those of IDS, 9 … the times that `times` lists.
 */
export const IDS = [
  'id',
  'workspace',
  'channel',
  'contact',
  'visitor',
  'flow_version',
  'queue',
  'owner',
] as const;
/** Times one format may name. */
export const MOST_TIMES = 12;

export interface MouldedEvent {
  seq: number;
  publicSeq: number | null;
  source: 'visitor' | 'member' | 'system';
  systemSource: string;
  clientId: string;
  kind: string;
  actorKind: string;
  /** ms after the conversation's beginning */
  at: number;
  /** null: a message, whose text is each copy's own. */
  data: string | null;
  times: number[];
}

export interface Mould {
  name: string;
  weight: number;
  events: MouldedEvent[];
  messages: number;
  record: ConversationRecord;
  /** Of `timers` and `memory` as one object. */
  held: string;
  heldTimes: number[];
  /** ms after the beginning */
  after(time: number): number;
}

/** ms between one moment of a life and the next. */
const STEP = 20_000;
const LONG_STEP = 4_000;

function idsOf(record: ConversationRecord): Map<string, number> {
  const ids = [
    record.conversationId,
    record.workspaceId,
    record.channelId,
    record.contactId,
    record.visitorId,
    record.flowVersionId,
    record.queueId,
  ];
  return new Map(ids.flatMap((id, at) => (id ? [[id, at + 1] as const] : [])));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/** JSON with holes for ids and times; whatever else is a UUID is the one member's. */
function holed(value: unknown, ids: Map<string, number>, after: (time: number) => number) {
  const times: number[] = [];
  const text = JSON.stringify(value).replaceAll('%', '%%');
  const withIds = text.replaceAll(/"([0-9a-f-]{36})"/g, (whole, id: string) =>
    UUID.test(id) ? `"%${ids.get(id) ?? IDS.length}$s"` : whole,
  );
  const format = withIds.replaceAll(/(?<=[:[,])1[6-9]\d{11}(?=[,}\]])/g, (time) => {
    times.push(after(Number(time)));
    return `%${IDS.length + times.length}$s`;
  });
  if (times.length > MOST_TIMES) throw new Error(`${times.length} times in one entry`);
  return { format, times };
}

function sourceOf({ source }: StoredEvent): MouldedEvent['source'] {
  if (source.startsWith('v:')) return 'visitor';
  return source.startsWith('m:') ? 'member' : 'system';
}

export function mouldOf({ kind, events, record }: Life): Mould {
  const moments = [...new Set([record.createdAt, ...events.map(({ at }) => at)])].sort(
    (a, b) => a - b,
  );
  const step = kind.messages > 1_000 ? LONG_STEP : STEP;
  const place = new Map(moments.map((moment, index) => [moment, index * step]));
  // A time that is nobody's moment is a due time: as far from its neighbour as it was.
  const after = (time: number) => place.get(time) ?? time - record.createdAt;
  const ids = idsOf(record);
  const held = holed({ timers: record.timers, memory: record.memory }, ids, after);
  return {
    name: kind.name,
    weight: kind.weight,
    record,
    held: held.format,
    heldTimes: held.times,
    after,
    messages: events.filter((event) => event.kind === 'message.sent').length,
    events: events.map((event) => {
      const { format, times } = holed(event.data, ids, after);
      return {
        seq: event.seq,
        publicSeq: event.publicSeq,
        source: sourceOf(event),
        systemSource: event.source,
        clientId: event.clientId,
        kind: event.kind,
        actorKind: event.actorKind,
        at: after(event.at),
        data: event.kind === 'message.sent' ? null : format,
        times,
      };
    }),
  };
}
