export type {
  Actor,
  Ctx,
  MemberActor,
  MemberCtx,
  Role,
  VisitorActor,
  VisitorCtx,
} from './context.ts';
export { type ConversationsOptions, createConversations } from './conversations.ts';
export type { MemberChange, Members } from './members/index.ts';
export { atLeast, type MemberAccess, mayReach, maySee } from './policies.ts';
export type { CommandSpec, ConversationDeps, Conversations } from './ports.ts';
export type { Reads } from './reads/index.ts';
export type {
  Appended,
  AppendItem,
  Committed,
  ConversationRecord,
  EventData,
  EventKind,
  NewEntry,
  OpenWith,
  ReadMoved,
  StoredEvent,
} from './records.ts';
