import { z } from 'zod';
import { type FlowEvent, PHASES, type Snapshot } from './model.ts';

/**
 * Conditions of transitions. A guard is compiled once into a closure over `GuardScope`; another
 * language (CEL) joins as another member of the union with its own compilation.
 */
export interface GuardScope {
  snapshot: Snapshot;
  event: FlowEvent;
  /** ms by PostgreSQL's clock. */
  now: number;
}
export type Guard = (scope: GuardScope) => boolean;

export type GuardDefinition =
  /** A field of the event; `to.kind` reaches inside. A missing field is false. */
  | { type: 'event'; params: { field: EventField; is: string | number | boolean } }
  | { type: 'phase'; params: { in: (typeof PHASES)[number][] } }
  | { type: 'memory'; params: { key: string; is: string | number | boolean | null } }
  /** The visitor wrote at most this many ms ago. */
  | { type: 'visitorWroteWithin'; params: { ms: number } }
  /** An agent wrote, and the visitor has not written since. */
  | { type: 'visitorSilent' }
  | { type: 'not'; params: { guard: GuardDefinition } }
  | { type: 'and'; params: { guards: GuardDefinition[] } }
  | { type: 'or'; params: { guards: GuardDefinition[] } };

export const EVENT_FIELDS = [
  'staffed',
  'auto',
  'override',
  'reason',
  'by',
  'to.kind',
  'weight',
] as const;
export type EventField = (typeof EVENT_FIELDS)[number];

const Scalar = z.union([z.string().max(200), z.number(), z.boolean()]);

export const GuardDefinition: z.ZodType<GuardDefinition> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('event'),
      params: z.strictObject({ field: z.enum(EVENT_FIELDS), is: Scalar }),
    }),
    z.strictObject({
      type: z.literal('phase'),
      params: z.strictObject({ in: z.array(z.enum(PHASES)).min(1) }),
    }),
    z.strictObject({
      type: z.literal('memory'),
      params: z.strictObject({ key: z.string().min(1).max(64), is: z.union([Scalar, z.null()]) }),
    }),
    z.strictObject({
      type: z.literal('visitorWroteWithin'),
      params: z.strictObject({ ms: z.number().int().positive() }),
    }),
    z.strictObject({ type: z.literal('visitorSilent') }),
    z.strictObject({ type: z.literal('not'), params: z.strictObject({ guard: GuardDefinition }) }),
    z.strictObject({
      type: z.literal('and'),
      params: z.strictObject({ guards: z.array(GuardDefinition).min(1).max(20) }),
    }),
    z.strictObject({
      type: z.literal('or'),
      params: z.strictObject({ guards: z.array(GuardDefinition).min(1).max(20) }),
    }),
  ]),
);

function eventField(event: FlowEvent, field: EventField): unknown {
  if (field === 'to.kind') return event.type === 'transfer.requested' ? event.to.kind : undefined;
  return Object.hasOwn(event, field) ? Reflect.get(event, field) : undefined;
}

export function compileGuard(definition: GuardDefinition): Guard {
  switch (definition.type) {
    case 'event': {
      const { field, is } = definition.params;
      return ({ event }) => eventField(event, field) === is;
    }
    case 'phase': {
      const phases = new Set(definition.params.in);
      return ({ snapshot }) => phases.has(snapshot.phase);
    }
    case 'memory': {
      const { key, is } = definition.params;
      return ({ snapshot }) =>
        (Object.hasOwn(snapshot.memory, key) ? snapshot.memory[key] : null) === is;
    }
    case 'visitorWroteWithin': {
      const { ms } = definition.params;
      return ({ snapshot, now }) =>
        snapshot.lastVisitorAt !== null && now - snapshot.lastVisitorAt <= ms;
    }
    case 'visitorSilent':
      return ({ snapshot: { lastAgentAt, lastVisitorAt } }) =>
        lastAgentAt !== null && lastAgentAt >= (lastVisitorAt ?? 0);
    case 'not': {
      const inner = compileGuard(definition.params.guard);
      return (scope) => !inner(scope);
    }
    case 'and': {
      const inner = definition.params.guards.map(compileGuard);
      return (scope) => inner.every((guard) => guard(scope));
    }
    case 'or': {
      const inner = definition.params.guards.map(compileGuard);
      return (scope) => inner.some((guard) => guard(scope));
    }
    default:
      return definition satisfies never;
  }
}
