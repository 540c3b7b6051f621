import { z } from 'zod';
import { ActionDefinition } from './actions.ts';
import { GuardDefinition } from './guards.ts';
import { DELAY_BASES, FLOW_EVENT_TYPES, PHASES } from './model.ts';

/**
 * A flow as stored: JSON in a subset of XState v5's machine format (compound, atomic and final
 * states, entry/exit, guarded transitions, `always`, `after` with named delays, onDone; no parallel,
 * no history). Besides, each leaf carries a phase, by which the platform keeps its invariants.
 */

/** Shortest and longest delay in ms: a flow cannot spin, nor outlive its records. */
export const DELAY_LIMITS = { least: 1_000, most: 90 * 24 * 3600 * 1000 } as const;

export const Delay = z.strictObject({
  /** Milliseconds; used also when the event named by `from` carries none. */
  ms: z.number().int().min(DELAY_LIMITS.least).max(DELAY_LIMITS.most),
  base: z.enum(DELAY_BASES),
  /** A field of the event that enters the state, in ms (an offer's time is its queue's). */
  from: z.literal('offerMs').optional(),
});
export type Delay = z.infer<typeof Delay>;

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, 'letters, digits, _ and -');

/** `sibling`, `sibling.child`, `.child` of the source, or `#flowId.path` from the root. */
const Target = z.string().regex(/^[.#]?[A-Za-z][A-Za-z0-9_.-]*$/, 'a state path');

export const Edge = z.strictObject({
  /** Without a target the actions run and the state stays. */
  target: Target.optional(),
  guard: GuardDefinition.optional(),
  actions: z.array(ActionDefinition).optional(),
  /** Leave and enter again when the target is the source itself or lies inside it. */
  reenter: z.boolean().optional(),
});
export type Edge = z.infer<typeof Edge>;

const Edges = z.union([Target, Edge, z.array(Edge).min(1)]);
export type Edges = z.infer<typeof Edges>;

export interface StateDefinition {
  type?: 'final' | undefined;
  phase?: (typeof PHASES)[number] | undefined;
  live?: boolean | undefined;
  initial?: string | undefined;
  entry?: ActionDefinition[] | undefined;
  exit?: ActionDefinition[] | undefined;
  on?: Partial<Record<(typeof FLOW_EVENT_TYPES)[number], Edges>> | undefined;
  always?: Edges | undefined;
  after?: Record<string, Edges> | undefined;
  onDone?: Edges | undefined;
  states?: Record<string, StateDefinition> | undefined;
}

export const StateDefinition: z.ZodType<StateDefinition> = z.lazy(() =>
  z.strictObject({
    type: z.literal('final').optional(),
    /** Leaves only. */
    phase: z.enum(PHASES).optional(),
    /** Somebody waits now (leaves only; absent: no). */
    live: z.boolean().optional(),
    initial: Name.optional(),
    entry: z.array(ActionDefinition).optional(),
    exit: z.array(ActionDefinition).optional(),
    on: z.partialRecord(z.enum(FLOW_EVENT_TYPES), Edges).optional(),
    always: Edges.optional(),
    after: z.record(Name, Edges).optional(),
    onDone: Edges.optional(),
    states: z.record(Name, StateDefinition).optional(),
  }),
);

export const FlowDefinition = z.strictObject({
  id: Name,
  initial: Name,
  delays: z.record(Name, Delay),
  states: z.record(Name, StateDefinition),
});
export type FlowDefinition = z.infer<typeof FlowDefinition>;
