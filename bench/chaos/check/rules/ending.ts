import type { LiveTimer } from '#lib/domain/conversation/model.ts';
import type { ConversationRecord } from '#server/conversation/index.ts';
import type { LoggedEvent, TimerFact } from '../facts.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { World } from '../world.ts';
import { everyStep } from './holding.ts';

const ASKING = new Set(['offered', 'transferring']);

const rowKey = (conversationId: string, name: string) => `${conversationId} ${name}`;

function timerRows({ facts }: World): Map<string, TimerFact> {
  return new Map(facts.timers.map((row) => [rowKey(row.conversationId, row.name), row]));
}

/** I3: what was offered was answered, lapsed, or will lapse. */
export const offersEnd: Rule = {
  name: 'I3 offers end',
  about: 'Every offer and transfer came to an end, or its timer lives and is not past due.',
  check(world) {
    const { facts, limits } = world;
    const seen = new Inspection();
    for (const { before, after } of everyStep(world)) {
      if (!before || !ASKING.has(before.phase)) continue;
      // Left for another phase, or for another member: that one ended.
      if (before.phase === after.phase && before.targetMemberId === after.targetMemberId) continue;
      seen.expect(true, () => '');
    }
    const rows = timerRows(world);
    for (const row of facts.rows.values()) {
      if (!ASKING.has(row.phase)) continue;
      const hold = Object.entries(row.timers).find(([, timer]) => timer.hold === true);
      const timer = hold && rows.get(rowKey(row.conversationId, hold[0]));
      const lives = timer !== undefined && timer.dueAt > facts.now - limits.lateMs;
      const text = () => `${row.phase} ${row.conversationId} has no timer that will end it`;
      seen.expect(lives, text, row, timer);
    }
    return seen;
  },
};

/** Law 5: the rows of timers are those that conversations remember, and none is overdue. */
export const timerRowsFit: Rule = {
  name: 'timers are rows',
  about: 'Every live timer has its row with its gen, no row is without one, and none is overdue.',
  check(world) {
    const { facts, limits } = world;
    const seen = new Inspection();
    const rows = timerRows(world);
    for (const row of facts.rows.values()) {
      for (const [name, timer] of Object.entries(row.timers)) {
        const stored = rows.get(rowKey(row.conversationId, name));
        const text = () => `timer ${name} of ${row.conversationId} has no row of its gen`;
        seen.expect(stored?.gen === timer.gen, text, timer, stored);
      }
    }
    for (const stored of facts.timers) {
      const live = facts.rows.get(stored.conversationId)?.timers[stored.name];
      seen.expect(live?.gen === stored.gen, () => `a timer row without a timer`, stored, live);
      const overdue = facts.now - stored.dueAt;
      const text = () => `timer ${stored.name} is overdue by ${Math.round(overdue)} ms`;
      seen.expect(overdue <= limits.lateMs, text, stored);
    }
    return seen;
  },
};

/** When a timer may act at the earliest: its own words, not the product's. ms */
function earliest(timer: LiveTimer, row: ConversationRecord): number {
  const base = {
    entered: timer.startedAt,
    visitor: Math.max(timer.startedAt, row.lastVisitorAt ?? 0),
    agent: Math.max(timer.startedAt, row.lastAgentAt ?? 0),
    queued: row.queuedAt ?? timer.startedAt,
  }[timer.base];
  return base + timer.delayMs;
}

/** `<name>:<gen>:<due>`, as workers make it. */
function firedBy(event: LoggedEvent): { name: string; gen: number } | null {
  const parts = /^(.+):(\d+):[0-9a-z]+$/.exec(event.clientId);
  return parts ? { name: parts[1] ?? '', gen: Number(parts[2]) } : null;
}

function actedWrong(
  fired: { name: string; gen: number },
  event: LoggedEvent,
  row: ConversationRecord,
) {
  const timer = row.timers[fired.name];
  if (!timer) return 'though it was no more';
  if (timer.gen !== fired.gen) return `though its gen was ${timer.gen} by then`;
  // The log keeps whole milliseconds.
  if (event.at < Math.floor(earliest(timer, row))) return 'before it was due';
  return null;
}

/** I6: only the current generation acts, and once. */
export const timersActOnce: Rule = {
  name: 'I6 timers act once',
  about: 'What a timer did was done in its current gen, when it was due, and once.',
  check(world) {
    const seen = new Inspection();
    const acted = new Map<string, LoggedEvent>();
    for (const { event, before } of everyStep(world)) {
      if (event.source !== 'timer' || event.kind !== 'conversation.transitioned' || !before)
        continue;
      const fired = firedBy(event);
      const wrong = fired ? actedWrong(fired, event, before) : 'under a key that names no gen';
      const id = () => `timer ${fired?.name} (gen ${fired?.gen}) of ${event.conversationId}`;
      seen.expect(wrong === null, () => `${id()} acted ${wrong}`, event, before.timers);
      const name = `${event.conversationId} ${fired?.name}:${fired?.gen}`;
      const first = acted.get(name);
      seen.expect(first === undefined, () => `${id()} acted twice`, first, event);
      acted.set(name, event);
    }
    return seen;
  },
};
