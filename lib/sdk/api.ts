/**
 * The public types of both headless clients. React and Preact read them with `useSyncExternalStore`:
 * every snapshot is immutable, and what did not change keeps its identity.
 * Actions never reject; expected failures come back as `{ ok: false, error }`.
 */
import type * as z from 'zod/mini';
import type { MemberOutput, Reply } from '#lib/protocol/envelope.ts';
import type { ErrorCode, WireError } from '#lib/protocol/errors.ts';
import type {
  Availability,
  ConversationRow,
  InboxView,
  MemberEventWire,
  MemberView,
} from '#lib/protocol/member.ts';
import type { Locale, PageView } from '#lib/protocol/primitives.ts';
import type { ChannelView, VisitorConversation, VisitorEvent } from '#lib/protocol/visitor.ts';
import type { ClientPorts } from './ports.ts';

export type Stage = VisitorConversation['stage'];
export type AgentView = NonNullable<VisitorConversation['agent']>;

export type { ClientPorts, SocketPort, SocketRequest } from './ports.ts';
export type Unsubscribe = () => void;

export interface ExternalStore<S> {
  /** Identical until something changed. */
  getState(): S;
  /** Called after a batch of changes (one microtask), without arguments. */
  subscribe(listener: () => void): Unsubscribe;
}

/**
 * Where outbox and token outlive the page. Synchronous; may throw or forget (a partitioned iframe):
 * the client then carries on from memory.
 */
export interface StoragePort {
  get(key: string): string | null;
  /** Every key kept that starts with the prefix: outbox items lie under a key each, so that two tabs never overwrite each other's. */
  keys(prefix: string): readonly string[];
  /** null removes. */
  set(key: string, value: string | null): void;
  /** Tells of changes made by other tabs. */
  onChange?(listener: (key: string, value: string | null) => void): Unsubscribe;
}

export type Connection =
  /** Not started, or stopped by `destroy` or `logout`. */
  | { kind: 'idle' }
  /** First attempt, or again after having been away; nothing is known to be wrong. */
  | { kind: 'connecting' }
  | { kind: 'online'; transport: 'websocket' | 'https' }
  /** It will be tried again at `retryAt` (ms since the epoch; null: when the browser is online). */
  | { kind: 'offline'; retryAt: number | null; error: WireError | null }
  /** This code is too old for the server: reload the page, the outbox is kept. */
  | { kind: 'outdated' }
  /** The server will not have us (origin, key, identity, sign-in); not tried again by itself. */
  | { kind: 'refused'; error: WireError };

export type ActionResult<T = null> = Reply<T>;

/** What was written here and is not in the log yet. */
export interface PendingItem {
  kind: 'pending';
  /** React key; the event that takes its place has the same, so that nothing flickers. */
  key: string;
  of: 'message' | 'note';
  clientKey: string;
  text: string;
  /** ISO 8601 by this device's clock. */
  at: string;
  /** waiting: for its turn or for the network. failed: not tried again before `retry`. */
  status: 'waiting' | 'sending' | 'failed';
  /** Set exactly when failed. */
  code: ErrorCode | null;
}

export interface EventItem<E> {
  kind: 'event';
  key: string;
  event: E;
}

// ── visitor ──

export interface VisitorClientOptions {
  /** Origin of the desk, without a trailing slash. */
  url: string;
  /** The channel's public key. */
  key: string;
  storage: StoragePort;
  locale: Locale;
  /** The site's signed identity of the person (JWT). */
  identity?: string;
  page?: PageView;
  /** Protocol generation to announce; for tests and the reload guard. */
  v?: number;
  ports?: Partial<ClientPorts>;
}

export type VisitorItem = EventItem<VisitorEvent> | PendingItem;

/** The conversation in view. */
export interface VisitorThread {
  /** null: nothing was written yet; the first `send` opens one. */
  conversationId: string | null;
  /** Events by seq, then what is pending. `stage` and `unknown` events are included. */
  items: readonly VisitorItem[];
  /** The log is being fetched and nothing can be shown yet. */
  loading: boolean;
  /** Name of who is typing. */
  typing: string | null;
  /** null: not opened yet. */
  stage: Stage | null;
  /** False: writing opens a new conversation linked to this one. */
  open: boolean;
  agent: AgentView | null;
  /** 1 = next. */
  position: number | null;
  ratingAsked: boolean;
  rating: number | null;
  unread: number;
  readSeq: number;
  /** Own messages up to here were read by an agent. */
  agentReadSeq: number;
}

export interface VisitorState {
  connection: Connection;
  /** The server is a generation ahead but still speaks to us: reload when quiet, the outbox is kept. */
  outdated: boolean;
  locale: Locale;
  identified: boolean;
  /** null until the first session. */
  channel: ChannelView | null;
  /** Newest first. */
  conversations: readonly VisitorConversation[];
  /** Further earlier conversations can be had by `loadEarlier`. */
  moreConversations: boolean;
  thread: VisitorThread;
  /** Over all conversations. */
  unread: number;
}

export interface VisitorClient extends ExternalStore<VisitorState> {
  /** Starts connecting; without it the client only holds what is stored. Repeats are harmless. */
  start(): void;
  /** Shows a conversation (null: the newest open one or, without one, an empty thread). */
  open(conversationId: string | null): void;
  /** An empty thread; the next `send` opens the conversation (or goes to the one that is open). */
  newConversation(): void;
  loadEarlier(): Promise<ActionResult>;
  /** Into the outbox; from there on it outlives reloads. Refuses only text that can never be sent. */
  send(text: string): ActionResult<{ clientKey: string }>;
  /** Tries a failed item again, under the same key. */
  retry(clientKey: string): void;
  /** Drops an item that is not in the log; returns its text, so that it can go back to the editor. */
  discard(clientKey: string): string | null;
  /** Kept in the outbox behind the messages of the thread. */
  leaveContact(contact: { name?: string; email: string }): Promise<ActionResult>;
  end(): Promise<ActionResult>;
  rate(score: number, comment?: string): Promise<ActionResult>;
  /** All of the thread in view has been seen. */
  read(): void;
  /** Call at each input and at blur; throttled here (D5). */
  setTyping(on: boolean): void;
  pageView(page: PageView): void;
  setLocale(locale: Locale): void;
  /** Binds or merges the visitor to the person the site vouches for. */
  setIdentity(token: string): void;
  /** Forgets token, outbox and conversations on this device and starts as somebody new. */
  logout(): void;
  destroy(): void;
  /** A message of an agent that was not here before (also after being away); not one's own. */
  onMessage(
    listener: (message: {
      conversationId: string;
      event: Extract<VisitorEvent, { kind: 'message' }>;
    }) => void,
  ): Unsubscribe;
}

// ── member ──

export interface MemberClientOptions {
  /** Origin of the desk, without a trailing slash; the session cookie authenticates. */
  url: string;
  workspaceId?: string;
  /** Keeps the outbox over reloads; in memory without one. */
  storage?: StoragePort;
  v?: number;
  ports?: Partial<ClientPorts>;
}

export type Desk = MemberOutput<'desk.open'>;
export type InboxCounts = MemberOutput<'inbox.counts'>;
export type VisitorNow = MemberOutput<'conversation.open'>['visitor'];
export type EarlierConversation = MemberOutput<'conversation.open'>['earlier'][number];
export type MemberItem = EventItem<MemberEventWire> | PendingItem;
export type TransferTarget =
  | { kind: 'member'; memberId: string }
  | { kind: 'queue'; queueId: string };

/** A view of the inbox, as far as it was paged in. Rows: `client.row(id)`. */
export interface InboxList {
  ids: readonly string[];
  /** not asked yet · first page under way · some rows are here */
  status: 'unasked' | 'loading' | 'ready';
  /** There are further pages; `loadMore`. */
  more: boolean;
  loadingMore: boolean;
}

export interface MemberThread {
  conversationId: string;
  /** null until it was fetched once. */
  row: ConversationRow | null;
  items: readonly MemberItem[];
  loading: boolean;
  /** Set when it cannot be had (not_found, forbidden). */
  error: WireError | null;
  /** Who is typing: the visitor, or another member. */
  typing: { kind: 'visitor' | 'member'; id: string | null } | null;
  visitor: VisitorNow | null;
  earlier: readonly EarlierConversation[];
  /** Own messages up to this seq were read by the visitor. */
  visitorReadSeq: number;
}

export interface MemberState {
  connection: Connection;
  /** The server is a generation ahead but still speaks to us: offer to reload. */
  outdated: boolean;
  desk: Desk | null;
  inbox: Readonly<Record<InboxView, InboxList>>;
  counts: InboxCounts | null;
  /** Offers and transfers to me, the one that lapses first at the front. */
  offers: readonly ConversationRow[];
  /** Opened conversations by id. */
  threads: Readonly<Record<string, MemberThread>>;
}

export type MemberNotice =
  | { kind: 'offer'; row: ConversationRow }
  /** A visitor wrote in a conversation of mine. */
  | { kind: 'message'; row: ConversationRow };

type Moved = { seq: number; row: ConversationRow };

export interface MemberClient extends ExternalStore<MemberState> {
  start(): void;
  destroy(): void;

  /** Newest known row; immutable. Changes are told to `subscribeRow` of that id only. */
  row(conversationId: string): ConversationRow | undefined;
  subscribeRow(conversationId: string, listener: () => void): Unsubscribe;
  /** Offers and messages, for sound and desktop notifications. Repeats are left out. */
  onNotice(listener: (notice: MemberNotice) => void): Unsubscribe;

  /** Pages a view in and keeps it converged from then on. Repeats are harmless. */
  showView(view: InboxView): void;
  loadMore(view: InboxView): Promise<ActionResult>;
  refreshDesk(): Promise<ActionResult<Desk>>;

  /** Counted: as many `leaveConversation` as `openConversation` let it go. */
  openConversation(conversationId: string): void;
  leaveConversation(conversationId: string): void;

  send(conversationId: string, text: string): ActionResult<{ clientKey: string }>;
  addNote(conversationId: string, text: string): ActionResult<{ clientKey: string }>;
  retry(clientKey: string): void;
  discard(clientKey: string): string | null;

  take(conversationId: string, options?: { override?: boolean }): Promise<ActionResult<Moved>>;
  acceptOffer(conversationId: string): Promise<ActionResult<Moved>>;
  declineOffer(conversationId: string): Promise<ActionResult<Moved>>;
  requestTransfer(
    conversationId: string,
    to: TransferTarget,
    note?: string,
  ): Promise<ActionResult<Moved>>;
  acceptTransfer(conversationId: string): Promise<ActionResult<Moved>>;
  declineTransfer(conversationId: string): Promise<ActionResult<Moved>>;
  cancelTransfer(conversationId: string): Promise<ActionResult<Moved>>;
  returnToQueue(conversationId: string): Promise<ActionResult<Moved>>;
  end(conversationId: string): Promise<ActionResult<Moved>>;
  finishWrapup(conversationId: string): Promise<ActionResult<Moved>>;
  /** Without seq: up to the newest event held. Moves forward only (D6). */
  read(conversationId: string, seq?: number): void;
  setAvailability(
    availability: z.infer<typeof Availability>,
  ): Promise<ActionResult<{ me: MemberView }>>;
  setTyping(conversationId: string, on: boolean): void;
}
