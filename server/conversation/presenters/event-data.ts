import { z } from 'zod';
import { PHASES, STAGES } from '#lib/domain/conversation/model.ts';
import type { EventKind, StoredEvent } from '../records.ts';

const Page = z.object({ url: z.string(), title: z.string() });

/** What presenters need of `data`, kind by kind; anything else in it stays behind. */
const DATA = {
  'conversation.opened': z.object({
    page: Page.nullable(),
    previousId: z.string().nullable(),
  }),
  'message.sent': z.object({ text: z.string() }),
  'line.said': z.object({ line: z.string() }),
  'note.added': z.object({ text: z.string() }),
  'conversation.transitioned': z.object({
    from: z.string(),
    to: z.string(),
    trigger: z.string(),
    after: z.object({
      phase: z.enum(PHASES),
      stage: z.enum(STAGES),
      ownerId: z.string().nullable(),
      targetMemberId: z.string().nullable(),
      queueId: z.string().nullable(),
    }),
    about: z
      .object({ note: z.string().optional(), explanation: z.unknown().optional() })
      .optional(),
  }),
  'contact.left': z.object({ name: z.string().nullable(), email: z.string().nullable() }),
  'contact.identified': z.object({ name: z.string().nullable(), email: z.string().nullable() }),
  'rating.given': z.object({ score: z.int(), comment: z.string().nullable() }),
} satisfies Record<EventKind, z.ZodType>;

export type ReadableEvent = {
  [K in EventKind]: { kind: K; data: z.output<(typeof DATA)[K]> };
}[EventKind];

/** The version in which this server writes each kind. */
const CURRENT: Readonly<Record<EventKind, number>> = {
  'conversation.opened': 1,
  'message.sent': 1,
  'line.said': 1,
  'note.added': 1,
  'conversation.transitioned': 1,
  'contact.left': 1,
  'contact.identified': 1,
  'rating.given': 1,
};

type Upcast = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** From version `v` of a kind to `v + 1`. Rows are never rewritten: the log is the truth. */
const UPCASTS: { readonly [K in EventKind]?: Readonly<Record<number, Upcast>> } = {};

/**
 * Brings `data` from version `v` to `current`, one step at a time.
 * @returns null when `v` is of a newer server, or a step is missing
 */
export function upcast(
  data: Readonly<Record<string, unknown>>,
  v: number,
  current: number,
  steps: Readonly<Record<number, Upcast>> | undefined,
): Readonly<Record<string, unknown>> | null {
  if (v > current) return null;
  let raised = data;
  for (let at = v; at < current; at += 1) {
    const step = steps?.[at];
    if (!step) return null;
    raised = step(raised);
  }
  return raised;
}

function isKnown(kind: string): kind is EventKind {
  return Object.hasOwn(DATA, kind);
}

/**
 * An event's data in the present form.
 * @returns null when it is of a newer server, was erased, or is otherwise not to be read
 */
export function readEvent(event: Pick<StoredEvent, 'kind' | 'v' | 'data'>): ReadableEvent | null {
  const { kind } = event;
  // Nearly all of a log, shown to two audiences each: its one field needs no schema (1 µs apiece).
  if (kind === 'message.sent' && event.v === CURRENT[kind] && typeof event.data.text === 'string') {
    return { kind, data: { text: event.data.text } };
  }
  if (!isKnown(kind)) return null;
  const data = upcast(event.data, event.v, CURRENT[kind], UPCASTS[kind]);
  if (data === null) return null;
  const parsed = DATA[kind].safeParse(data);
  return parsed.success ? ({ kind, data: parsed.data } as ReadableEvent) : null;
}
