import * as z from 'zod/mini';
import { LIMITS } from './limits.ts';
import { ClientKey, Id, Instant, MessageText, Seq } from './primitives.ts';

/** The member's side of the wire (agent console). It speaks the full seq. */

export const Phase = z.enum([
  'bot',
  'queued',
  'offered',
  'serving',
  'transferring',
  'wrapup',
  'offline',
  'closed',
]);
export const Availability = z.enum(['available', 'busy', 'away']);

export const ContactView = z.object({
  id: Id,
  name: z.nullable(z.string()),
  email: z.nullable(z.string()),
  identified: z.boolean(),
});

/** A row of the inbox. */
export const ConversationRow = z.object({
  id: Id,
  contact: ContactView,
  channelId: Id,
  channelName: z.string(),
  state: z.string(),
  phase: Phase,
  stateRev: z.int(),
  enteredAt: Instant,
  queueId: z.nullable(Id),
  queuedAt: z.nullable(Instant),
  priority: z.int(),
  ownerId: z.nullable(Id),
  targetMemberId: z.nullable(Id),
  /** When the offer or transfer lapses; set exactly when there is a target. */
  offerExpiresAt: z.nullable(Instant),
  head: Seq,
  lastVisitorSeq: Seq,
  lastAgentSeq: Seq,
  /** How far I have read. */
  readSeq: Seq,
  unread: z.boolean(),
  /** How far the visitor has read, as a member's seq. */
  visitorReadSeq: Seq,
  preview: z.string(),
  previewBy: z.enum(['', 'visitor', 'member', 'system']),
  rating: z.nullable(z.int()),
  createdAt: Instant,
  lastAt: Instant,
  closedAt: z.nullable(Instant),
});
export type ConversationRow = z.infer<typeof ConversationRow>;

export const Actor = z.object({
  kind: z.enum(['visitor', 'member', 'system']),
  id: z.nullable(Id),
});

const eventBase = { seq: Seq, at: Instant, actor: Actor };
export const MemberEventWire = z.discriminatedUnion('kind', [
  z.object({
    ...eventBase,
    kind: z.literal('message'),
    text: z.string(),
    clientKey: z.optional(z.string()),
    publicSeq: Seq,
  }),
  z.object({
    ...eventBase,
    kind: z.literal('note'),
    text: z.string(),
    clientKey: z.optional(z.string()),
  }),
  z.object({ ...eventBase, kind: z.literal('line'), line: z.string() }),
  z.object({
    ...eventBase,
    kind: z.literal('transition'),
    from: z.string(),
    to: z.string(),
    phase: Phase,
    trigger: z.string(),
    ownerId: z.nullable(Id),
    targetMemberId: z.nullable(Id),
    queueId: z.nullable(Id),
    note: z.optional(z.string()),
    /** Why routing chose (Law 9), on offers. */
    explanation: z.optional(z.unknown()),
  }),
  z.object({
    ...eventBase,
    kind: z.literal('rating'),
    score: z.int(),
    comment: z.optional(z.string()),
  }),
  z.object({
    ...eventBase,
    kind: z.literal('contact'),
    name: z.nullable(z.string()),
    email: z.nullable(z.string()),
  }),
  z.object({
    ...eventBase,
    kind: z.literal('opened'),
    page: z.nullable(z.object({ url: z.string(), title: z.string() })),
    previousId: z.nullable(Id),
  }),
  z.object({ ...eventBase, kind: z.literal('unknown'), name: z.string() }),
]);
export type MemberEventWire = z.infer<typeof MemberEventWire>;

/** Why the desk, and not the member, chose their availability. */
export const AwayReason = z.enum(['missed_offer']);
export type AwayReason = z.infer<typeof AwayReason>;

export const MemberView = z.object({
  id: Id,
  name: z.string(),
  role: z.enum(['owner', 'admin', 'supervisor', 'agent']),
  availability: Availability,
  present: z.boolean(),
  load: z.int(),
  capacity: z.int(),
  queueIds: z.array(Id),
  /** In one's own view only. A reason this page does not know is none, rather than no view at all. */
  awayReason: z.optional(z.catch(z.nullable(AwayReason), null)),
});
export type MemberView = z.infer<typeof MemberView>;

export const InboxView = z.enum(['mine', 'queued', 'all', 'closed']);
export type InboxView = z.infer<typeof InboxView>;

/** Opaque: (cluster epoch, xmin). */
const Cursor = z.string().check(z.maxLength(120));

const keyed = { conversationId: Id, clientKey: ClientKey };
const moved = z.object({ seq: Seq, row: ConversationRow });

export const MemberCommands = {
  /** Who I am, the workspace, members, queues, canned replies; asked once per connection. */
  'desk.open': {
    input: z.object({}),
    output: z.object({
      workspace: z.object({ id: Id, name: z.string() }),
      me: MemberView,
      members: z.array(MemberView),
      queues: z.array(z.object({ id: Id, name: z.string() })),
      cannedReplies: z.array(z.object({ id: Id, shortcut: z.string(), body: z.string() })),
      configRev: z.string(),
    }),
  },
  /** One page of a view in its order, with the cursor from which to sync. */
  'inbox.list': {
    input: z.object({ view: InboxView, after: z.optional(z.string().check(z.maxLength(200))) }),
    output: z.object({
      rows: z.array(ConversationRow),
      next: z.nullable(z.string()),
      cursor: Cursor,
    }),
  },
  /** Rows changed since the cursor, or gone from what I may see; `reset`: list again. */
  'inbox.sync': {
    input: z.object({ cursor: Cursor }),
    output: z.object({
      rows: z.array(ConversationRow),
      gone: z.array(Id),
      cursor: Cursor,
      more: z.boolean(),
      reset: z.boolean(),
    }),
  },
  /**
   * Conversations of which one message, or the contact's name and e-mail, holds every word: whole
   * words of letters and digits, any run of Chinese. Newest match first; a page may be short, or
   * empty, while `next` says that there is more, and a later page may name a conversation again.
   */
  'conversation.search': {
    input: z.object({
      query: z.string().check(z.trim(), z.minLength(1), z.maxLength(LIMITS.searchLength)),
      after: z.optional(z.string().check(z.regex(/^[1-9]\d{0,17}$/))),
    }),
    output: z.object({
      hits: z.array(
        z.object({
          row: ConversationRow,
          /** The message that holds the words; null: the contact's name or e-mail does. */
          seq: z.nullable(Seq),
          /** Text around the first word, at most 160 characters. */
          excerpt: z.string(),
        }),
      ),
      next: z.nullable(z.string()),
    }),
  },
  'inbox.counts': {
    input: z.object({}),
    output: z.object({
      mine: z.int(),
      queued: z.int(),
      all: z.int(),
      unread: z.int(),
      oldestQueuedAt: z.nullable(Instant),
    }),
  },
  /** Joins the conversation's room and returns its events after a seq. */
  'conversation.open': {
    input: z.object({ conversationId: Id, after: Seq }),
    output: z.object({
      row: ConversationRow,
      events: z.array(MemberEventWire),
      more: z.boolean(),
      /** The visitor now: page, online; and earlier conversations of the contact. */
      visitor: z.object({
        online: z.boolean(),
        locale: z.string(),
        userAgent: z.nullable(z.string()),
        page: z.nullable(z.object({ url: z.string(), title: z.string() })),
      }),
      earlier: z.array(
        z.object({ id: Id, createdAt: Instant, preview: z.string(), rating: z.nullable(z.int()) }),
      ),
    }),
  },
  'conversation.leave': { input: z.object({ conversationId: Id }), output: z.object({}) },
  'conversation.sync': {
    input: z.object({ conversationId: Id, after: Seq }),
    output: z.object({ row: ConversationRow, events: z.array(MemberEventWire), more: z.boolean() }),
  },
  'message.send': {
    input: z.object({ ...keyed, text: MessageText }),
    output: z.object({ seq: Seq, at: Instant }),
  },
  'note.add': {
    input: z.object({ ...keyed, text: MessageText }),
    output: z.object({ seq: Seq, at: Instant }),
  },
  /** From the queue, from offline; override (supervisors): from somebody, over capacity, audited. */
  'conversation.take': {
    input: z.object({ ...keyed, override: z.optional(z.boolean()) }),
    output: moved,
  },
  'offer.accept': { input: z.object(keyed), output: moved },
  'offer.decline': { input: z.object(keyed), output: moved },
  'transfer.request': {
    input: z.object({
      ...keyed,
      to: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('member'), memberId: Id }),
        z.object({ kind: z.literal('queue'), queueId: Id }),
      ]),
      note: z.optional(z.string().check(z.maxLength(LIMITS.textBytes / 4))),
    }),
    output: moved,
  },
  'transfer.accept': { input: z.object(keyed), output: moved },
  'transfer.decline': { input: z.object(keyed), output: moved },
  'transfer.cancel': { input: z.object(keyed), output: moved },
  /** Back to the queue with its age. */
  'conversation.return': { input: z.object(keyed), output: moved },
  'conversation.end': { input: z.object(keyed), output: moved },
  'wrapup.finish': { input: z.object(keyed), output: moved },
  'conversation.read': {
    input: z.object({ conversationId: Id, seq: Seq }),
    output: z.object({ readSeq: Seq }),
  },
  'availability.set': {
    input: z.object({ availability: Availability }),
    output: z.object({ me: MemberView }),
  },
  typing: { input: z.object({ conversationId: Id, on: z.boolean() }), output: z.object({}) },
} as const;
export type MemberCommandName = keyof typeof MemberCommands;

export const MemberPushes = {
  /** New events of a conversation this socket has open. */
  events: z.object({ conversationId: Id, events: z.array(MemberEventWire) }),
  /** A conversation this socket has open is not for this member's eyes any more: nothing more comes. */
  hidden: z.object({ conversationId: Id }),
  /** Some row of the inbox changed: sync (coalesced, at most a few per second). */
  inbox: z.object({}),
  /** An offer or transfer for me; `row` saves the fetch. */
  offer: z.object({ row: ConversationRow }),
  member: MemberView,
  typing: z.object({ conversationId: Id, by: Actor, on: z.boolean() }),
  read: z.object({ conversationId: Id, visitorReadSeq: Seq }),
  visitor: z.object({
    conversationId: Id,
    online: z.boolean(),
    page: z.nullable(z.object({ url: z.string(), title: z.string() })),
  }),
  /** Configuration changed: ask desk.open again. */
  config: z.object({ configRev: z.string() }),
  outdated: z.object({ v: z.int() }),
  revoked: z.object({}),
} as const;
export type MemberPushName = keyof typeof MemberPushes;

/** Socket.IO handshake auth of namespace /member; the session cookie authenticates. */
export const MemberHandshake = z.object({ v: z.int(), workspaceId: z.optional(Id) });
