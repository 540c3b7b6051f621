import type { PoolClient } from 'pg';
import type { Held, Plan } from './group-plan.ts';
import {
  clearTimers,
  type RowChange,
  removeUnused,
  setTimers,
  type TimerRow,
  writeContacts,
  writeEvents,
  writeLoads,
  writeMoves,
} from './group-write.ts';
import type { Committed } from './records.ts';

type Cleared = Parameters<typeof clearTimers>[1][number];

/** Writes a plan, conversations before members before timers, and says what listeners are to hear. */
export async function writePlan(
  client: PoolClient,
  held: ReadonlyMap<string, Held>,
  planned: Plan,
  now: number,
): Promise<Committed[]> {
  const all = [...held.values()];
  const unused = all.filter((h) => h.opened !== null && h.record === null);
  const touched = all.flatMap((h) =>
    h.record && (h.events.length > 0 || h.marked) ? [changeOf(h, h.record)] : [],
  );

  if (touched.length > 0) {
    const workspaces = new Map(touched.map((c) => [c.after.conversationId, c.after.workspaceId]));
    const events = all.flatMap((h) => h.events);
    await writeEvents(client, workspaces, events, touched, now);
  }
  const moves = touched.filter((change) => change.moved);
  if (moves.length > 0) await writeMoves(client, moves);
  if (unused.length > 0)
    await removeUnused(
      client,
      unused.map((h) => h.row),
    );
  const loads = [...planned.loads].map(([memberId, load]) => ({ memberId, ...load }));
  if (loads.length > 0) await writeLoads(client, loads, now);
  await writeTimers(client, all);
  const contacts = all.flatMap(({ contact, row: { contactId, workspaceId } }) =>
    contact ? [{ contactId, workspaceId, ...contact }] : [],
  );
  if (contacts.length > 0) await writeContacts(client, contacts);
  return all.flatMap(committedOf);
}

function changeOf(held: Held, after: RowChange['after']): RowChange {
  return { before: held.row, after, moved: held.moved };
}

async function writeTimers(client: PoolClient, all: readonly Held[]): Promise<void> {
  const set: TimerRow[] = [];
  const cleared: Cleared[] = [];
  for (const { row, timers, fired } of all) {
    const { conversationId, workspaceId } = row;
    for (const timer of fired) cleared.push({ conversationId, workspaceId, ...timer });
    for (const [name, timer] of timers) {
      if (timer) set.push({ conversationId, workspaceId, name, ...timer });
      else cleared.push({ conversationId, workspaceId, name, gen: null });
    }
  }
  if (cleared.length > 0) await clearTimers(client, cleared);
  if (set.length > 0) await setTimers(client, set);
}

function committedOf(held: Held): Committed[] {
  const { record } = held;
  const timers = [...held.timers].flatMap(([name, timer]) => (timer ? [{ name, ...timer }] : []));
  if (!record || (held.events.length === 0 && timers.length === 0)) return [];
  const before = held.moved ? held.before : held.before && record;
  return [
    {
      workspaceId: record.workspaceId,
      conversationId: record.conversationId,
      before,
      after: record,
      record,
      events: held.events,
      timers,
    },
  ];
}
