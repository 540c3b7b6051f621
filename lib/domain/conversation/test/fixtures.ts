import { compileFlow } from '../compile.ts';
import { DEFAULT_FLOW } from '../default-flow.ts';
import { open, step } from '../engine.ts';
import type { FlowEvent, Opening, Snapshot, StepResult } from '../model.ts';

/** Names and shorthands that this folder's tests share. */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const T0 = 1_800_000_000_000;
export const ANN = 'ann';
export const BOB = 'bob';
export const SALES = 'sales';
export const HELP = 'help';

export const defaultFlow = compileFlow(DEFAULT_FLOW);

export const OPENING: Opening = {
  conversationId: 'c1',
  workspaceId: 'w1',
  channelId: 'ch1',
  contactId: 'p1',
  queueId: SALES,
  staffed: true,
  weight: 1,
};

export type Moved = Extract<StepResult, { kind: 'moved' }>;

export function asMoved(result: StepResult): Moved {
  if (result.kind !== 'moved') throw new Error(`expected a move, got ${JSON.stringify(result)}`);
  return result;
}

/** A conversation led through events; each step must move. Time passes by `wait`. */
export function tell(opening: Partial<Opening> = {}, flow = defaultFlow) {
  let now = T0;
  let last = asMoved(open(flow, { ...OPENING, ...opening }, now));
  let snapshot: Snapshot = last.snapshot;
  const story = {
    get now() {
      return now;
    },
    get snapshot() {
      return snapshot;
    },
    get lines() {
      return last.effects.flatMap((effect) =>
        effect.type === 'message.system' ? [effect.line] : [],
      );
    },
    get last() {
      return last;
    },
    wait(ms: number) {
      now += ms;
      return story;
    },
    /** What the event would do, without doing it. */
    ask(event: FlowEvent): StepResult {
      return step(flow, snapshot, event, now);
    },
    on(event: FlowEvent) {
      last = asMoved(step(flow, snapshot, event, now));
      snapshot = last.snapshot;
      return story;
    },
    /** A message that does not move the flow still moves the row. */
    wrote(by: 'visitor' | 'agent') {
      snapshot = { ...snapshot, [by === 'visitor' ? 'lastVisitorAt' : 'lastAgentAt']: now };
      return story;
    },
    fire(name: string) {
      return story.on({ type: 'timer.fired', name, gen: story.genOf(name) });
    },
    askTimer(name: string): StepResult {
      return story.ask({ type: 'timer.fired', name, gen: story.genOf(name) });
    },
    genOf(name: string): number {
      return snapshot.timers[name]?.gen ?? -1;
    },
    offered(memberId: string) {
      return story.on({ type: 'offer.made', memberId, offerMs: 30 * SECOND, auto: false });
    },
    served(memberId: string) {
      return story.on({ type: 'agent.took', memberId, override: false });
    },
    transferred(by: string, memberId: string) {
      const to = { kind: 'member', memberId } as const;
      return story.on({
        type: 'transfer.requested',
        by,
        to,
        offerMs: 45 * SECOND,
        staffed: true,
      });
    },
  };
  return story;
}
