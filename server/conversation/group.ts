import type { PoolClient } from 'pg';
import { ParlourError } from '#lib/protocol/errors.ts';
import { writePlan } from './group-commit.ts';
import {
  type Contention,
  existing,
  type Known,
  knownKeys,
  knownKeysOfContact,
  lockConversations,
  lockMembers,
} from './group-lock.ts';
import { type OpeningItem, type Openings, openConversations } from './group-open.ts';
import { type Held, type Outcome, type Plan, type PlanInput, plan } from './group-plan.ts';
import type { AppendItem, Committed, ConversationRecord } from './records.ts';
import type { Flows } from './store-flows.ts';

export interface GroupResult {
  outcomes: Map<AppendItem, Outcome>;
  /** Rows of all conversations held, as they are after. */
  records: Map<string, ConversationRecord>;
  /** Versions of those rows: as they were found (null: opened here), and as they are after. */
  versions: Map<string, { found: number | null; version: number }>;
  /** Whose versions these are (see Locked). */
  server: number;
  committed: Committed[];
}

type Opened = Openings['opened'];
const NOTHING_OPENED: Opened = new Map();
const NOBODY: ReadonlySet<string> = new Set();

/**
 * One group of items in the transaction that `client` has begun: lock, drop known keys, step, write.
 * The caller commits. Under `skip` it waits for nobody; what is held elsewhere comes back as busy.
 * Locks are taken in the order conversations, members, timers, each by id.
 */
export async function runGroup(
  client: PoolClient,
  flows: Flows,
  items: readonly AppendItem[],
  contention: Contention,
): Promise<GroupResult> {
  const locked = await lockConversations(client, keysOf(items), contention);
  const { now, records } = locked;
  const outcomes = new Map<AppendItem, Outcome>();
  const missing = items.filter((item) => !isOf(item, records));
  const opened =
    missing.length > 0
      ? await resolveMissing(client, flows, missing, now, contention, outcomes)
      : NOTHING_OPENED;
  const reached = items.filter((item) => !outcomes.has(item));
  const known = await findKnown(client, reached, opened);
  await flows.load(client, versionsOf(records));

  const input = { items: reached, known, now };
  const { held, planned } = await planGroup(client, input, contention, () =>
    holdAll(records, opened, flows),
  );
  for (const [item, outcome] of planned.outcomes) outcomes.set(item, outcome);
  const committed = await writePlan(client, held, planned, now);
  const after = new Map<string, ConversationRecord>();
  const versions: GroupResult['versions'] = new Map();
  for (const [id, { record, events, marked }] of held) {
    if (!record) continue;
    after.set(id, record);
    const found = locked.found.get(id) ?? null;
    const wrote = events.length > 0 || marked;
    versions.set(id, { found, version: wrote || found === null ? locked.version : found });
  }
  return { outcomes, records: after, versions, server: locked.server, committed };
}

function keysOf(items: readonly AppendItem[]) {
  const keys = new Map<string, { conversationId: string; workspaceId: string }>();
  for (const { conversationId, ctx } of items) {
    const { workspaceId } = ctx;
    keys.set(`${conversationId} ${workspaceId}`, { conversationId, workspaceId });
  }
  return [...keys.values()];
}

/** Held, and of the asker's workspace (I11). */
function isOf(item: AppendItem, records: ReadonlyMap<string, ConversationRecord>): boolean {
  return records.get(item.conversationId)?.workspaceId === item.ctx.workspaceId;
}

function isOpening(item: AppendItem): item is OpeningItem {
  return item.open !== undefined;
}

async function resolveMissing(
  client: PoolClient,
  flows: Flows,
  missing: readonly AppendItem[],
  now: number,
  contention: Contention,
  outcomes: Map<AppendItem, Outcome>,
): Promise<Opened> {
  // A row that was skipped exists; only what does not exist can be opened.
  const skipped = contention === 'skip' ? await existing(client, keysOf(missing)) : NOBODY;
  for (const item of missing) {
    if (skipped.has(`${item.conversationId} ${item.ctx.workspaceId}`)) {
      outcomes.set(item, { kind: 'busy' });
    }
  }
  const opening = missing.filter((item) => !outcomes.has(item)).filter(isOpening);
  let opened = NOTHING_OPENED;
  if (opening.length > 0) {
    const openings = await openConversations(client, flows, opening, now, contention);
    opened = openings.opened;
    for (const [item, outcome] of openings.outcomes) outcomes.set(item, outcome);
  }
  for (const item of missing) {
    if (outcomes.has(item)) continue;
    if (opened.get(item.conversationId)?.row.workspaceId === item.ctx.workspaceId) continue;
    outcomes.set(item, { kind: 'failed', error: new ParlourError('not_found') });
  }
  return opened;
}

async function findKnown(
  client: PoolClient,
  items: readonly AppendItem[],
  opened: Opened,
): Promise<Map<AppendItem, Known>> {
  const inOld = items.filter((item) => !opened.has(item.conversationId));
  const inNew = items.filter((item) => opened.has(item.conversationId));
  const known = inOld.length > 0 ? await knownKeys(client, inOld) : new Map<AppendItem, Known>();
  if (inNew.length > 0) {
    for (const [item, at] of await knownKeysOfContact(client, inNew)) known.set(item, at);
  }
  return known;
}

function versionsOf(records: ReadonlyMap<string, ConversationRecord>) {
  const versions = new Map<string, string>();
  for (const record of records.values()) versions.set(record.flowVersionId, record.workspaceId);
  return [...versions].map(([versionId, workspaceId]) => ({ versionId, workspaceId }));
}

function holdAll(
  records: ReadonlyMap<string, ConversationRecord>,
  opened: Opened,
  flows: Flows,
): Map<string, Held> {
  const fresh = { moved: false, marked: false, contact: null, halted: false };
  const held = new Map<string, Held>();
  for (const [id, record] of records) {
    const flow = flows.get(record.flowVersionId);
    const state = { before: record, record, row: record, opened: null, flow };
    held.set(id, { ...fresh, ...state, events: [], fired: [], timers: new Map() });
  }
  for (const [id, { opened: opening, row }] of opened) {
    const flow = flows.get(row.flowVersionId);
    const state = { before: null, record: null, row, opened: opening, flow };
    held.set(id, { ...fresh, ...state, events: [], fired: [], timers: new Map() });
  }
  return held;
}

/**
 * Steps in memory; when loads change, locks those members and steps again with their loads. A member
 * who comes in only then is left to the next round.
 */
async function planGroup(
  client: PoolClient,
  input: Pick<PlanInput, 'items' | 'known' | 'now'>,
  contention: Contention,
  hold: () => Map<string, Held>,
): Promise<{ held: Map<string, Held>; planned: Plan }> {
  let held = hold();
  let planned = plan({ ...input, held, members: null, absent: NOBODY });
  if (planned.members.size > 0) {
    const wanted = [...planned.members].map(([memberId, workspaceId]) => ({
      memberId,
      workspaceId,
    }));
    const members = await lockMembers(client, wanted, contention);
    const absent = new Set(
      contention === 'wait' ? [...planned.members.keys()].filter((id) => !members.has(id)) : [],
    );
    held = hold();
    planned = plan({ ...input, held, members, absent });
  }
  return { held, planned };
}
