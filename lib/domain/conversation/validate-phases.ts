import type { Chart, Node } from './chart.ts';
import type { FlowEventType, Phase } from './model.ts';
import { hasOwner, hasTarget } from './phases.ts';
import { handlersOf, reachableRests, restsAfter, surelyLeaves } from './reach.ts';
import type { FlowIssue } from './validate.ts';

/** Events each phase must always answer by moving on, and what breaks otherwise. */
const MUST_LEAVE: Partial<Record<Phase, [FlowEventType, string][]>> = {
  offered: [
    ['offer.accepted', 'an accepted offer would have no effect'],
    ['offer.declined', 'who declined would hold it on (I3)'],
    ['target.lost', 'it would stay with somebody who is gone (I9)'],
  ],
  serving: [['owner.lost', 'it would stay with somebody who is gone (I9)']],
  transferring: [
    ['transfer.accepted', 'an accepted transfer would have no effect'],
    ['transfer.declined', 'who declined would hold it on (I3)'],
    ['transfer.cancelled', 'the owner could not take it back'],
    ['target.lost', 'it would stay with somebody who is gone (I9)'],
    ['owner.lost', 'it would stay with somebody who is gone (I9)'],
  ],
  wrapup: [['owner.lost', 'it would stay with somebody who is gone (I9)']],
};

/** Events that give the conversation to a member. */
const GRANTS: ReadonlySet<string> = new Set([
  'offer.made',
  'offer.accepted',
  'transfer.accepted',
  'agent.took',
]);

function leafIssues(leaf: Node): FlowIssue[] {
  const path = `states.${leaf.path.replaceAll('.', '.states.')}`;
  const issues: FlowIssue[] = [];
  const phase = leaf.phase;
  if (phase === null) return issues;
  for (const [type, why] of MUST_LEAVE[phase] ?? []) {
    if (surelyLeaves(leaf, type)) continue;
    issues.push({
      path: `${path}.on.${type}`,
      message: `A state of phase ${phase} must always leave on ${type}: ${why}.`,
      hint: 'Add a transition with a target, the last one without a guard.',
    });
  }
  if (phase === 'queued' && !handlersOf(leaf).some(({ trigger }) => trigger === 'offer.made')) {
    issues.push({
      path: `${path}.on.offer.made`,
      message: 'Nobody could ever be given a conversation that waits here.',
      hint: 'Lead offer.made to an offered state, or, when event.auto is true, to a serving one.',
    });
  }
  if (hasTarget(phase)) {
    const last = leaf.after[0]?.edges.at(-1);
    const ends = last !== undefined && last.guard === null && last.target !== null;
    if (leaf.after.length !== 1 || !ends || leaf.after[0]?.delay.base !== 'entered') {
      issues.push({
        path: `${path}.after`,
        message: `A state of phase ${phase} needs exactly one delay, from entering, that ends it (I3).`,
        hint: 'Give it one delay of base "entered" whose last transition has a target and no guard.',
      });
    }
  }
  return issues;
}

/** Why this way between two rests cannot keep I1 or I3; null when it can. */
function brokenWay(from: Node, to: Node, trigger: string): string | null {
  const [was, is] = [from.phase, to.phase];
  if (was === null || is === null) return null;
  if (hasOwner(is)) {
    const gone = trigger === 'owner.lost' || trigger === 'owner.returned';
    if (gone) return `after ${trigger} nobody owns it, so it cannot be ${is} (I1)`;
    if (!hasOwner(was) && !GRANTS.has(trigger))
      return `${trigger} gives it to nobody, yet ${is} has an owner (I1)`;
  }
  if (
    is === 'offered' &&
    trigger !== 'offer.made' &&
    !(was === 'transferring' && trigger === 'owner.lost')
  ) {
    return `${trigger} names nobody to offer it to (I3)`;
  }
  if (is === 'transferring' && trigger !== 'transfer.requested') {
    return `${trigger} names nobody to transfer it to (I3)`;
  }
  return null;
}

/** What of a flow cannot keep the invariants, whatever happens. Guards count as possibly true. */
export function phaseIssues(chart: Chart): FlowIssue[] {
  const rests = reachableRests(chart.root);
  const issues = [...rests].flatMap(leafIssues);
  const said = new Set<string>();
  const say = (path: string, message: string, hint: string) => {
    if (said.has(path + message)) return;
    said.add(path + message);
    issues.push({ path, message, hint });
  };
  for (const first of restsAfter(chart.root)) {
    if (first.phase === null || !(hasOwner(first.phase) || hasTarget(first.phase))) continue;
    say(
      'initial',
      `A new conversation belongs to nobody, yet may start in ${first.path}.`,
      'Start it queued, offline or with a bot.',
    );
  }
  for (const leaf of rests) {
    for (const { edge, trigger } of handlersOf(leaf)) {
      for (const to of edge.target ? restsAfter(edge.target) : []) {
        const why = brokenWay(leaf, to, trigger);
        if (!why) continue;
        const part = trigger.startsWith('after:') ? `after.${trigger.slice(6)}` : `on.${trigger}`;
        say(
          `states.${edge.source.path.replaceAll('.', '.states.')}.${part}`,
          `From ${leaf.path} to ${to.path}: ${why}.`,
          'Lead it elsewhere.',
        );
      }
    }
  }
  return issues;
}
