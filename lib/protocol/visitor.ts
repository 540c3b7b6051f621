import * as z from 'zod/mini';
import { LIMITS } from './limits.ts';
import {
  ClientKey,
  ClientMadeId,
  Email,
  Id,
  Instant,
  Line,
  Locale,
  MessageText,
  PageView,
  Seq,
} from './primitives.ts';

/**
 * The visitor's side of the wire. It speaks public_seq only (here simply `seq`), so that notes and
 * internal events leave no gap and no trace (I12).
 */

// ── session (HTTP POST /api/v1/visitor/session) ──

export const VisitorSessionRequest = z.object({
  v: z.int(),
  /** The channel's public key from the script tag. */
  key: z.string().check(z.maxLength(64)),
  /** What an earlier session returned. */
  token: z.optional(z.string().check(z.maxLength(2048))),
  /** The site's signed identity of the person (JWT). */
  identity: z.optional(z.string().check(z.maxLength(4096))),
  locale: z.optional(Locale),
  page: z.optional(PageView),
});
export type VisitorSessionRequest = z.infer<typeof VisitorSessionRequest>;

export const ChannelView = z.object({
  title: z.string(),
  greeting: z.string(),
  accent: z.string(),
  position: z.enum(['left', 'right']),
  /** Somebody is there to answer now. */
  staffed: z.boolean(),
});
export type ChannelView = z.infer<typeof ChannelView>;

export const Stage = z.enum(['waiting', 'serving', 'ended', 'offline']);
export const AgentView = z.object({ name: z.string() });

/** Head and outline of one of the visitor's conversations. */
export const VisitorConversation = z.object({
  id: Id,
  stage: Stage,
  open: z.boolean(),
  /** Newest seq: differs from the client's → sync. */
  head: Seq,
  agent: z.nullable(AgentView),
  /** 1 = next; null when not waiting. */
  position: z.nullable(z.int()),
  /** Newest seq the visitor has read on any device. */
  readSeq: Seq,
  /** Newest seq an agent has read. */
  agentReadSeq: Seq,
  rating: z.nullable(z.int()),
  ratingAsked: z.boolean(),
  unread: z.int(),
  preview: z.string(),
  createdAt: Instant,
  lastAt: Instant,
});
export type VisitorConversation = z.infer<typeof VisitorConversation>;

export const VisitorSession = z.object({
  token: z.string(),
  visitorId: Id,
  identified: z.boolean(),
  channel: ChannelView,
  /** Newest first, at most 20. */
  conversations: z.array(VisitorConversation),
});
export type VisitorSession = z.infer<typeof VisitorSession>;

// ── events of the log ──

export const VisitorAuthor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('visitor') }),
  z.object({ kind: z.literal('agent'), name: z.string() }),
  z.object({ kind: z.literal('system') }),
]);

const eventBase = { seq: Seq, at: Instant };
export const VisitorEvent = z.discriminatedUnion('kind', [
  /** clientKey only on the visitor's own messages: the outbox drops what it names. */
  z.object({
    ...eventBase,
    kind: z.literal('message'),
    author: VisitorAuthor,
    text: z.string(),
    clientKey: z.optional(z.string()),
  }),
  /** A line of the platform, translated by the client. */
  z.object({ ...eventBase, kind: z.literal('line'), line: z.string() }),
  z.object({ ...eventBase, kind: z.literal('stage'), stage: Stage, agent: z.nullable(AgentView) }),
  z.object({ ...eventBase, kind: z.literal('rating'), score: z.int() }),
  z.object({
    ...eventBase,
    kind: z.literal('contact'),
    name: z.nullable(z.string()),
    email: z.nullable(z.string()),
  }),
  /** Erased or from a newer server: keeps the seq, shows nothing. */
  z.object({ ...eventBase, kind: z.literal('unknown') }),
]);
export type VisitorEvent = z.infer<typeof VisitorEvent>;

// ── commands: name → input, answer ──

const OpenWith = z.object({ previousId: z.optional(Id), page: z.optional(PageView) });

export const VisitorCommands = {
  /** Repeat with the same clientKey until answered. The conversation is opened when it does not exist yet. */
  'message.send': {
    input: z.object({
      conversationId: ClientMadeId,
      clientKey: ClientKey,
      text: MessageText,
      open: z.optional(OpenWith),
    }),
    /** conversationId: where it went (another one when the visitor has an open one already). */
    output: z.object({ conversationId: Id, seq: Seq, at: Instant }),
  },
  /** The offline form: who to answer, kept on the contact. */
  'contact.leave': {
    input: z.object({
      conversationId: Id,
      clientKey: ClientKey,
      name: z.optional(Line(LIMITS.nameLength)),
      email: Email,
    }),
    output: z.object({ seq: Seq }),
  },
  'conversation.end': {
    input: z.object({ conversationId: Id, clientKey: ClientKey }),
    output: z.object({ seq: Seq }),
  },
  'conversation.rate': {
    input: z.object({
      conversationId: Id,
      clientKey: ClientKey,
      score: z.int().check(z.gte(1), z.lte(5)),
      comment: z.optional(z.string().check(z.maxLength(1000))),
    }),
    output: z.object({ seq: Seq }),
  },
  'conversation.read': {
    input: z.object({ conversationId: Id, seq: Seq }),
    output: z.object({ readSeq: Seq }),
  },
  /** Events after a seq, in order, one page; `more` says whether to ask again. */
  'conversation.sync': {
    input: z.object({ conversationId: Id, after: Seq }),
    output: z.object({
      conversation: VisitorConversation,
      events: z.array(VisitorEvent),
      more: z.boolean(),
    }),
  },
  /** Outlines newest first: heads (compare) and earlier conversations. */
  'conversation.list': {
    input: z.object({ before: z.optional(Id) }),
    output: z.object({
      channel: ChannelView,
      conversations: z.array(VisitorConversation),
      more: z.boolean(),
    }),
  },
  typing: {
    input: z.object({ conversationId: Id, on: z.boolean() }),
    output: z.object({}),
  },
  'page.view': { input: PageView, output: z.object({}) },
} as const;
export type VisitorCommandName = keyof typeof VisitorCommands;

// ── pushes: hints, only save the client a fetch ──

export const VisitorPushes = {
  events: z.object({ conversationId: Id, events: z.array(VisitorEvent) }),
  /** Row changes without an event (position, reads). */
  conversation: VisitorConversation,
  typing: z.object({ conversationId: Id, name: z.string(), on: z.boolean() }),
  /** Pushes may have been lost: compare heads now. */
  heads: z.object({}),
  /** The panel should reload when quiet (protocol N−1) — outbox kept. */
  outdated: z.object({ v: z.int() }),
  /** The session ended elsewhere (logout, rotation): ask for a new one. */
  revoked: z.object({}),
} as const;
export type VisitorPushName = keyof typeof VisitorPushes;

/** Socket.IO handshake auth of namespace /visitor. */
export const VisitorHandshake = z.object({
  v: z.int(),
  token: z.string().check(z.maxLength(2048)),
});
