import type { Pool } from 'pg';
import type { ConversationRow } from '#lib/protocol/member.ts';
import type { Ctx, MemberCtx, Role } from './context.ts';
import type { QueueFacts } from './lookups.ts';
import type { Members } from './members/index.ts';
import type { Reads } from './reads/index.ts';
import type { Appended, AppendItem, Committed, ConversationRecord, ReadMoved } from './records.ts';

/** What commands and queries of this room are given. */
export interface ConversationDeps {
  pool: Pool;
  /** Rejects with ParlourError; refusals of the engine carry their code. */
  append(item: AppendItem): Promise<Appended>;
  /** The row as committed, or null (absent or another workspace's). No authority is checked. */
  find(ctx: Ctx, conversationId: string): Promise<ConversationRecord | null>;
  /** Queues the member serves. */
  queuesOf(workspaceId: string, memberId: string): Promise<ReadonlySet<string>>;
  /** What commands need of a queue; null: absent, or another workspace's. */
  queue(workspaceId: string, queueId: string): Promise<QueueFacts | null>;
  /** Whether a member of the queue is available and present. */
  staffed(workspaceId: string, queueId: string): Promise<boolean>;
  /** One row of the inbox as this member sees it. */
  presentRow(ctx: MemberCtx, record: ConversationRecord): Promise<ConversationRow>;
  /** Tells the listeners of read marks. */
  readMoved(moved: ReadMoved): void;
}

export interface CommandSpec<I = unknown, O = unknown> {
  /** Key of VisitorCommands or MemberCommands. */
  name: string;
  audience: 'visitor' | 'member';
  /** member: least role; what else is needed the policies say. */
  role?: Role;
  /** Rate-limit class. */
  limit: 'message' | 'action' | 'read' | 'signal';
  /** `input` has been parsed by the edge with the command's schema. */
  run(deps: ConversationDeps, ctx: Ctx, input: I): Promise<O>;
}

/** The room's door. */
export interface Conversations extends ConversationDeps {
  readonly members: Members;
  readonly reads: Reads;
  /** Commands of this room by audience and name; the edge adds those that need a socket. */
  readonly commands: {
    readonly visitor: ReadonlyMap<string, CommandSpec>;
    readonly member: ReadonlyMap<string, CommandSpec>;
  };
  /** Called after each commit, in commit order per conversation; returns how to stop. */
  onCommitted(listener: (committed: Committed) => void): () => void;
  /** Called when a read mark moved. */
  onReadMoved(listener: (moved: ReadMoved) => void): () => void;
  /** What waits for the append path now; for metrics. */
  waiting(): { queue: number; lanes: number };
  /** The append path is behind: reads and signals had better come later (D5, D7). */
  isOverloaded(): boolean;
  /** A new item would be refused now: when it may come again, ms; null: there is room (D7). */
  isFull(): number | null;
  /** Refuses new items with `unavailable` and waits for those in flight. The pool stays the caller's. */
  close(): Promise<void>;
}
