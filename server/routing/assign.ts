import { type Decision, decide, type RoutingAgent } from '#lib/domain/routing/index.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { type RoutingRun, routingCtx } from './ports.ts';
import type { Waiting } from './waiting.ts';

type Offer = { item: Waiting; decision: Extract<Decision, { kind: 'offer' }> };

/** Most room that anybody has who may be given something at all; below 0: nobody may. */
function mostRoom(roster: readonly RoutingAgent[]): number {
  let most = -1;
  for (const { present, availability, capacity, load } of roster) {
    if (present && availability === 'available') most = Math.max(most, capacity - load);
  }
  return most;
}

/**
 * Decides for each in turn, reserving what an offer takes, so that one pass never promises the same
 * place twice. Pure but for `roster`, which is changed in place.
 */
export function planOffers(
  run: Pick<RoutingRun, 'policy'>,
  items: readonly Waiting[],
  roster: RoutingAgent[],
  now: number,
): Offer[] {
  const offers: Offer[] = [];
  let room = mostRoom(roster);
  for (const item of items) {
    // In a rush hour hundreds wait and nobody has room: asking each member for each of them again at
    // every pass would be most of what the desk does, for answers that are all "wait".
    if (item.weight > room) continue;
    const decision = decide(run.policy, item, roster, now);
    if (decision.kind === 'wait') continue;
    offers.push({ item, decision });
    const chosen = roster.find((agent) => agent.memberId === decision.memberId);
    if (!chosen) continue;
    chosen.load += item.weight;
    chosen.lastAssignedAt = now;
    room = mostRoom(roster);
  }
  return offers;
}

/**
 * Writes an offer. The append path asks again under the locks: the conversation must be as it was
 * decided on, the member present, available and within capacity (I4, I9); two owners of one queue use
 * the same key.
 * @returns whether the roster was out of date, so that another look may find somebody
 */
async function makeOffer(run: RoutingRun, { item, decision }: Offer): Promise<'made' | 'stale'> {
  const { conversationId, stateRev } = item;
  try {
    await run.conversations.append({
      ctx: routingCtx(item.workspaceId),
      conversationId,
      key: { source: 'routing', clientId: `offer:${stateRev}` },
      entries: [],
      event: {
        type: 'offer.made',
        memberId: decision.memberId,
        offerMs: item.offerMs,
        auto: item.auto,
      },
      about: { explanation: decision.explanation },
      guard: (record) => (record.stateRev === stateRev ? null : 'conflict'),
    });
    return 'made';
  } catch (error) {
    if (!(error instanceof ParlourError)) throw error;
    switch (error.code) {
      case 'at_capacity':
      case 'member_unavailable':
      case 'overloaded':
      case 'timeout':
        return 'stale';
      case 'conflict':
      case 'not_possible_now':
      case 'conversation_closed':
      case 'not_found':
        // It moved on by itself; whatever it needs now comes with the next pass.
        return 'made';
      default:
        throw error;
    }
  }
}

/** Offers what waits in one workspace. @returns whether another look is worth it */
export async function assignWaiting(
  run: RoutingRun,
  workspaceId: string,
  items: readonly Waiting[],
  now: number,
): Promise<boolean> {
  const roster = await run.members.rosterOf(workspaceId);
  const offers = planOffers(run, items, roster, now);
  const results = await Promise.allSettled(offers.map((offer) => makeOffer(run, offer)));
  let again = false;
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') {
      again ||= result.value === 'stale';
      continue;
    }
    const conversationId = offers[index]?.item.conversationId;
    run.log.warn({ err: result.reason, conversationId }, 'routing_offer_failed');
  }
  return again;
}
