import { z } from 'zod';
import { type Effect, SYSTEM_LINES } from './model.ts';

/**
 * What a flow may do, by name. Owner, target, queue age and who declined are not among it: they
 * follow from phase and event (holds.ts), so that no flow can break I1–I3.
 */
export const ActionDefinition = z.discriminatedUnion('type', [
  /** The platform says a line in the conversation. */
  z.strictObject({
    type: z.literal('say'),
    params: z.strictObject({ line: z.enum(SYSTEM_LINES) }),
  }),
  /** Asks the visitor for a rating and says so; once per conversation, repeats do nothing. */
  z.strictObject({ type: z.literal('askRating') }),
  /** Higher is served first, −100 … 100. */
  z.strictObject({
    type: z.literal('setPriority'),
    params: z.strictObject({ priority: z.number().int().min(-100).max(100) }),
  }),
  /** Where it waits from now on; who declined it elsewhere may be asked again. */
  z.strictObject({ type: z.literal('setQueue'), params: z.strictObject({ queueId: z.uuid() }) }),
  /** Kept with the conversation, for guards. */
  z.strictObject({
    type: z.literal('remember'),
    params: z.strictObject({
      key: z.string().min(1).max(64),
      value: z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]),
    }),
  }),
]);
export type ActionDefinition = z.infer<typeof ActionDefinition>;

/** What actions may change while a step runs. */
export interface ActionTarget {
  priority: number;
  queueId: string | null;
  memory: Readonly<Record<string, unknown>>;
  effects: Effect[];
}

export function runAction(action: ActionDefinition, on: ActionTarget): void {
  switch (action.type) {
    case 'say':
      on.effects.push({ type: 'message.system', line: action.params.line });
      return;
    case 'askRating':
      if (on.memory.ratingAsked === true) return;
      on.memory = { ...on.memory, ratingAsked: true };
      on.effects.push({ type: 'rating.ask' }, { type: 'message.system', line: 'rate_us' });
      return;
    case 'setPriority':
      on.priority = action.params.priority;
      return;
    case 'setQueue':
      on.queueId = action.params.queueId;
      return;
    case 'remember':
      on.memory = { ...on.memory, [action.params.key]: action.params.value };
      return;
    default:
      action satisfies never;
  }
}
