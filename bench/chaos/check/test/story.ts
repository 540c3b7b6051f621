import {
  compileFlow,
  DEFAULT_FLOW,
  type FlowEvent,
  loadChanges,
  open,
  step,
} from '#lib/domain/conversation/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { DraftWriter, type Opened } from '#server/conversation/group-draft.ts';
import type { AppendItem, ConversationRecord, Ctx } from '#server/conversation/index.ts';
import { snapshotOf } from '#server/conversation/store-snapshot.ts';
import type { ClientRecord, Histories } from '../../history.ts';
import type { Facts, LoggedEvent } from '../facts.ts';
import { shownAs } from '../rules/audience.ts';
import { seqFor } from '../rules/written.ts';

type Deep<T> =
  T extends ReadonlyMap<infer K, infer V>
    ? Map<K, Deep<V>>
    : T extends object
      ? { -readonly [K in keyof T]: Deep<T[K]> }
      : T;

/** Facts and histories of one run that a test may spoil. */
export interface Told {
  facts: Deep<Facts>;
  histories: Deep<Histories>;
}

const flow = compileFlow(DEFAULT_FLOW);
const START = 1_800_000_000_000;
const id = () => uuidv7();

export const WORKSPACE = id();
const QUEUE = id();
const CHANNEL = id();
const CONTACT = id();
const NODE = id();
export const VISITOR = id();
export const ADA = id();
export const BEN = id();

type Who = { kind: 'visitor' } | { kind: 'member'; memberId: string } | { kind: 'system' };

/** A small desk in memory, on the product's own engine and fold: what is told here really holds. */
class Story {
  now = START;
  readonly logs = new Map<string, LoggedEvent[]>();
  readonly rows = new Map<string, ConversationRecord>();
  readonly records = new Map<string, ClientRecord[]>();
  #keys = 0;

  tick(ms = 1_000): void {
    this.now += ms;
  }

  /** One item through the flow, recorded by its client. @returns its key */
  do(
    who: Who,
    conversationId: string,
    what: { command?: string; event?: FlowEvent; say?: string; note?: string; score?: number },
    key = `key-${++this.#keys}`,
  ): string {
    this.tick();
    const before = this.rows.get(conversationId) ?? null;
    const { event, say, note, score } = what;
    const entries: AppendItem['entries'] = [
      ...(say === undefined ? [] : [entry('message.sent', true, { text: say })]),
      ...(note === undefined ? [] : [entry('note.added', false, { text: note })]),
      ...(score === undefined ? [] : [entry('rating.given', true, { score, comment: null })]),
    ];
    const item = { ctx: ctxOf(who), conversationId, key: keyOf(who, key), entries };
    const writer = new DraftWriter(before, item, this.now);
    const opened = before ? null : this.#opened(conversationId);
    if (opened) writer.open(opened);
    writer.entries();
    if (opened) writer.effects(opened.effects);
    const result = event && step(flow, writer.record, event, this.now);
    if (result?.kind === 'refused') throw new Error(`refused: ${result.code}`);
    if (result?.kind === 'moved') writer.step(result);
    const draft = writer.done();
    this.rows.set(conversationId, draft.record);
    const stored = draft.events.map((one) => ({
      ...one,
      workspaceId: WORKSPACE,
      committedAt: this.now + 5,
    }));
    this.logs.set(conversationId, [...(this.logs.get(conversationId) ?? []), ...stored]);
    if (what.command) this.#record(who, what.command, key, say ?? note ?? null, stored);
    return key;
  }

  #record(who: Who, command: string, key: string, text: string | null, stored: LoggedEvent[]) {
    const visitor = who.kind === 'visitor';
    const client = clientOf(who);
    const own = stored.find((event) => event.clientId === key);
    if (!own) throw new Error(`${command} wrote nothing`);
    const { conversationId } = own;
    const of = { at: this.now - START, client, life: 1, command, conversationId, key };
    const seq = visitor ? own.publicSeq : own.seq;
    const records = this.records.get(client) ?? [];
    records.push({ kind: 'asked', ...of, text }, { kind: 'acked', ...of, seq });
    this.records.set(client, records);
  }

  /** Shows the whole log to the visitor and one member, and compares. */
  show(client: string, role: 'visitor' | 'member', personId: string): void {
    const of = { at: this.now - START, client, life: 1 };
    const records = this.records.get(client) ?? [];
    records.unshift({ kind: 'began', ...of, at: 0, role, personId, node: 'desk-0' });
    for (const [conversationId, log] of this.logs) {
      for (const event of log) {
        const seq = seqFor(role, event);
        if (seq !== null) {
          records.push({ kind: 'shown', ...of, conversationId, seq, ...shownAs(role, event) });
        }
      }
      const row = this.rows.get(conversationId);
      const head = (role === 'visitor' ? row?.lastPublicSeq : row?.lastSeq) ?? 0;
      const same = { head, expected: head, pending: 0, stage: null };
      records.push({ kind: 'in_step', ...of, conversationId, ...same });
    }
    this.records.set(client, records);
  }

  #opened(conversationId: string): Opened {
    const previous = [...this.rows.values()].find((row) => row.contactId === CONTACT);
    const opening = { conversationId, workspaceId: WORKSPACE, channelId: CHANNEL };
    const rest = { contactId: CONTACT, queueId: QUEUE, staffed: true, weight: 1 };
    const result = open(flow, { ...opening, ...rest }, this.now);
    if (result.kind !== 'moved') throw new Error('not opened');
    const snapshot = snapshotOf(result.snapshot);
    const data = {
      channelId: CHANNEL,
      page: null,
      previousId: previous?.conversationId ?? null,
      locale: 'en',
      visitorId: VISITOR,
      flowVersionId: id(),
      patch: snapshot,
    };
    return { snapshot, effects: result.effects, data };
  }
}

function entry(kind: 'message.sent' | 'note.added' | 'rating.given', shown: boolean, data: object) {
  return { kind, public: shown, data: data as Record<string, unknown> };
}

function clientOf(who: Who): string {
  if (who.kind === 'visitor') return 'visitor-1';
  return who.kind === 'member' && who.memberId === ADA ? 'agent-1' : 'agent-2';
}

function keyOf(who: Who, clientId: string): AppendItem['key'] {
  if (who.kind === 'visitor') return { source: `v:${VISITOR}`, clientId };
  if (who.kind === 'member') return { source: `m:${who.memberId}`, clientId };
  return { source: /^\w+:\d+:\w+$/.test(clientId) ? 'timer' : 'routing', clientId };
}

function ctxOf(who: Who): Ctx {
  const rest = { workspaceId: WORKSPACE, trace: '0'.repeat(32) };
  switch (who.kind) {
    case 'visitor': {
      const actor = { kind: who.kind, visitorId: VISITOR, contactId: CONTACT, channelId: CHANNEL };
      return { ...rest, actor };
    }
    case 'member':
      return { ...rest, actor: { kind: 'member', memberId: who.memberId, role: 'agent' } };
    case 'system':
      return { ...rest, actor: { kind: 'system', name: 'routing' } };
    default:
      return who satisfies never;
  }
}

const visitor: Who = { kind: 'visitor' };
const ada: Who = { kind: 'member', memberId: ADA };
const ben: Who = { kind: 'member', memberId: BEN };
const system: Who = { kind: 'system' };
const offer = (memberId: string): FlowEvent => ({
  type: 'offer.made',
  memberId,
  offerMs: 20_000,
  auto: false,
});

function timersOf(story: Story): Facts['timers'] {
  return [...story.rows.values()].flatMap(({ conversationId, workspaceId, timers }) =>
    Object.entries(timers).map(([name, { gen, startedAt, delayMs }]) => {
      return { conversationId, workspaceId, name, gen, dueAt: startedAt + delayMs };
    }),
  );
}

function membersOf(story: Story): Facts['members'] {
  return [ADA, BEN].map((memberId) => {
    const changes = [...story.rows.values()].flatMap((row) => loadChanges(null, row));
    const load = changes
      .filter((change) => change.memberId === memberId)
      .reduce((sum, { delta }) => sum + delta, 0);
    const here = { present: true, connected: true, availability: 'available', absentSince: null };
    return { memberId, workspaceId: WORKSPACE, capacity: 2, removed: false, load, ...here };
  });
}

/** A run in which everything happened that some rule is about, and nothing went wrong. */
export function tellSoundStory(): Told & { first: string; second: string } {
  const story = new Story();
  const [first, second] = [id(), id()];
  const say = (text: string) => ({
    command: 'message.send',
    say: text,
    event: { type: 'visitor.message' } as const,
  });
  story.do(visitor, first, say('hello'));
  story.do(system, first, { event: offer(ADA) });
  story.tick(20_000);
  const gen = story.rows.get(first)?.timers.offer?.gen ?? 0;
  story.do(system, first, { event: { type: 'timer.fired', name: 'offer', gen } }, `offer:${gen}:z`);
  story.do(system, first, { event: offer(BEN) });
  const accepted = { type: 'offer.accepted', memberId: BEN } as const;
  story.do(ben, first, { command: 'offer.accept', event: accepted });
  const speaks = { type: 'agent.message', memberId: BEN } as const;
  story.do(ben, first, { command: 'message.send', say: 'hi there', event: speaks });
  story.do(ben, first, { command: 'note.add', note: 'a secret of ours' });
  const asked = { type: 'transfer.requested', by: BEN, staffed: true, offerMs: 20_000 } as const;
  const to = { kind: 'member', memberId: ADA } as const;
  story.do(ben, first, { command: 'transfer.request', event: { ...asked, to } });
  const declined = { type: 'transfer.declined', memberId: ADA } as const;
  story.do(ada, first, { command: 'transfer.decline', event: declined });
  story.do(visitor, first, say('thanks'));
  const ended = { type: 'conversation.ended', by: 'agent', memberId: BEN } as const;
  story.do(ben, first, { command: 'conversation.end', event: ended });
  const finished = { type: 'wrapup.finished', memberId: BEN } as const;
  story.do(ben, first, { command: 'wrapup.finish', event: finished });
  story.do(visitor, first, { command: 'conversation.rate', score: 5 });
  story.do(visitor, second, say('one more thing'));
  story.do(system, second, { event: offer(BEN) });

  story.show('visitor-1', 'visitor', VISITOR);
  story.show('agent-1', 'member', ADA);
  story.show('agent-2', 'member', BEN);
  const at = story.now - START;
  story.records.get('agent-1')?.push(
    ...(['asked', 'refused'] as const).map((kind) => {
      const of = { at, client: 'agent-1', life: 1, command: 'offer.accept' };
      const rest = { ...of, conversationId: second, key: 'too-late' };
      return kind === 'asked'
        ? { ...rest, kind, text: null }
        : { ...rest, kind, code: 'offer_gone' as const, retry: false };
    }),
  );
  const upgrade = { kind: 'fault', at, fault: 'upgrade', target: 'desk-0', about: {} } as const;
  const healed = { kind: 'healed', at, tookMs: 900, after: ['upgrade'] } as const;
  const lease = { name: 'timers:1', holder: NODE, expiresAt: story.now + 1_000 };
  const facts: Facts = {
    now: story.now,
    logs: story.logs,
    rows: story.rows,
    timers: timersOf(story),
    members: membersOf(story),
    memberChanges: [ADA, BEN].map((memberId) => {
      const change = { kind: 'member.presence_changed', rev: 1, from: false, to: true };
      return { memberId, at: START - 1_000, ...change };
    }),
    visitors: new Map([
      [VISITOR, { contactId: CONTACT, channelId: CHANNEL, workspaceId: WORKSPACE }],
    ]),
    connections: [ADA, BEN].map((memberId) => {
      return { memberId, nodeId: NODE, expiresAt: story.now + 9_000 };
    }),
    leases: [lease, { ...lease, name: `node:timers:${NODE}` }],
    reads: [{ conversationId: first, memberId: BEN, seq: 3 }],
  };
  const histories: Histories = {
    seed: 1,
    clients: [...story.records].map(([client, records]) => ({ client, records })),
    nemesis: [
      { ...upgrade, from: 0, until: at },
      { ...healed, after: ['upgrade'] },
    ],
  };
  return { facts, histories, first, second } as Told & { first: string; second: string };
}
