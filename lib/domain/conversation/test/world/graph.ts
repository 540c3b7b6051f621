import type { FlowEvent, Snapshot } from '../../model.ts';
import { HELP } from '../fixtures.ts';
import { eventsAt, keyOf, momentsOf, type Step } from '../search.ts';
import { brokenLaws } from '../step-laws.ts';

/**
 * One conversation with everything that may happen to it, as a graph: what two conversations do side by
 * side is then a walk over two of these, that share nothing but their members.
 */

export interface Way {
  event: FlowEvent;
  /** Index of the state after it; its own when nothing moved. */
  to: number;
  before: Snapshot;
  /** null: the step changed nothing that members bear. */
  after: Snapshot | null;
}

export interface Place {
  snapshot: Snapshot;
  ways: Way[];
}

export interface Graph {
  places: Place[];
  /** Laws that a step of its own broke. */
  broken: string[];
}

/** One queue is enough for two: another one leads to the same states with another name. */
function concerns(event: FlowEvent): boolean {
  if (event.type === 'queue.staffed' || event.type === 'queue.unstaffed') {
    return event.queueId !== HELP;
  }
  return !(
    event.type === 'transfer.requested' &&
    event.to.kind === 'queue' &&
    event.to.queueId === HELP
  );
}

/** Everything that can happen to one conversation, each way once. */
export function graphOf(start: Snapshot, step: Step, now: number): Graph {
  const index = new Map<string, number>();
  const places: (Place & { now: number })[] = [];
  const broken: string[] = [];
  const reach = (snapshot: Snapshot, at: number): number => {
    const key = keyOf(snapshot);
    const known = index.get(key);
    if (known !== undefined) return known;
    places.push({ snapshot, now: at, ways: [] });
    index.set(key, places.length - 1);
    return places.length - 1;
  };
  reach(start, now);
  for (let from = 0; from < places.length && broken.length < 50; from += 1) {
    const place = places[from] as Place & { now: number };
    const { snapshot } = place;
    for (const event of eventsAt(snapshot).filter(concerns)) {
      for (const at of momentsOf({ snapshot, now: place.now }, event)) {
        const result = step(snapshot, event, at);
        broken.push(...brokenLaws(snapshot, event, result));
        const wrote = event.type === 'visitor.message' || event.type === 'agent.message';
        if (result.kind === 'moved') {
          const to = reach(result.snapshot, at);
          place.ways.push({ event, to, before: snapshot, after: result.snapshot });
        } else if (wrote && result.kind === 'unchanged') {
          const field = event.type === 'visitor.message' ? 'lastVisitorAt' : 'lastAgentAt';
          const to = reach({ ...snapshot, [field]: at }, at);
          if (to !== from) place.ways.push({ event, to, before: snapshot, after: null });
        }
      }
    }
  }
  return { places, broken };
}

/** Who asks for it, when it is a member's own command; null: routing, timers, the visitor, news. */
export function askerOf(event: FlowEvent): string | null {
  switch (event.type) {
    case 'agent.message':
    case 'offer.accepted':
    case 'offer.declined':
    case 'agent.took':
    case 'transfer.accepted':
    case 'transfer.declined':
    case 'owner.returned':
    case 'wrapup.finished':
      return event.memberId;
    case 'transfer.requested':
    case 'transfer.cancelled':
      return event.by;
    case 'conversation.ended':
      return event.memberId ?? null;
    default:
      return null;
  }
}
