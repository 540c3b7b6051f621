import { stageOf } from '#lib/domain/conversation/index.ts';
import type { Fault, FaultRecord, InStep } from '../../history.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { Person, World } from '../world.ts';

/** The last comparison of each conversation that a client made, and the last seq it showed in that life. */
function lastSteps({ records }: Person): { step: InStep; shown: number }[] {
  const last = new Map<string, InStep>();
  const shown = new Map<string, number>();
  let life = 0;
  for (const record of records) {
    if (record.life > life) {
      life = record.life;
      last.clear();
      shown.clear();
    }
    if (record.kind === 'in_step') last.set(record.conversationId, record);
    if (record.kind === 'shown') shown.set(record.conversationId, record.seq);
  }
  return [...last.values()].map((step) => ({ step, shown: shown.get(step.conversationId) ?? 0 }));
}

function outOfStep(world: World, role: Person['role'], step: InStep, shown: number) {
  const row = world.facts.rows.get(step.conversationId);
  if (!row) return 'a conversation that does not exist';
  const head = role === 'visitor' ? row.lastPublicSeq : row.lastSeq;
  if (step.head !== step.expected) return `head ${step.head} where the log has ${step.expected}`;
  if (step.expected !== head) return `head ${step.expected}; at the end the log has ${head}`;
  if (step.pending > 0) return `${step.pending} messages still unsent`;
  if (shown !== 0 && shown !== head) return `seq ${shown} as the last of ${head}`;
  const stage = role === 'visitor' ? stageOf(row.phase) : row.phase;
  return step.stage === null || step.stage === stage ? null : `${step.stage}; it is ${stage}`;
}

/** Everyone ends where the log is. */
export const everyoneInStep: Rule = {
  name: 'everyone in step',
  about: 'What each page showed last is the log as its audience may see it, and nothing is unsent.',
  check(world) {
    const seen = new Inspection();
    for (const person of world.persons) {
      for (const { step, shown } of lastSteps(person)) {
        const wrong = outOfStep(world, person.role, step, shown);
        const text = () => `${person.client} shows ${wrong}`;
        seen.expect(wrong === null, text, step, world.facts.rows.get(step.conversationId));
      }
    }
    for (const record of world.histories.nemesis) {
      if (record.kind !== 'healed') continue;
      const text = () => `not everyone was in step after ${record.after.join(', ')}`;
      seen.expect(record.tookMs !== null, text, record);
    }
    return seen;
  },
};

/** Codes that mean a bug of ours, whatever went wrong around us. */
const NEVER = new Set(['internal', 'invalid_input', 'text_malformed', 'id_out_of_range']);

export const noBugShown: Rule = {
  name: 'no error of ours',
  about: 'Nobody was answered with an error that only a bug can cause.',
  check({ persons }) {
    const seen = new Inspection();
    for (const { client, records } of persons) {
      for (const record of records) {
        const answered =
          record.kind === 'acked' || record.kind === 'refused' || record.kind === 'error_shown';
        if (!answered) continue;
        const bad = record.kind !== 'acked' && NEVER.has(record.code);
        seen.expect(!bad, () => `${client} was answered with an error of ours`, record);
      }
    }
    return seen;
  },
};

/** Faults that nobody may notice as an error: only as waiting. */
const UNNOTICED = new Set<Fault>(['upgrade']);
const AFTER_MS = 5_000;

/** No error is shown to a visitor during a rolling upgrade. */
export const upgradesUnnoticed: Rule = {
  name: 'upgrades go unnoticed',
  about: 'No visitor was shown an error while nodes were upgraded one by one.',
  check({ histories, persons }) {
    const seen = new Inspection();
    const upgrades = histories.nemesis.filter(
      (one): one is FaultRecord => one.kind === 'fault' && UNNOTICED.has(one.fault),
    );
    for (const upgrade of upgrades) {
      for (const { client, role, records } of persons) {
        if (role !== 'visitor') continue;
        const errors = records.filter(
          (one) =>
            one.kind === 'error_shown' &&
            one.at >= upgrade.from &&
            one.at <= upgrade.until + AFTER_MS,
        );
        const text = () => `${client} was shown an error during an upgrade`;
        seen.expect(errors.length === 0, text, ...errors, upgrade);
      }
    }
    return seen;
  },
};
