export type {
  Actor,
  Ctx,
  MemberActor,
  MemberCtx,
  Role,
  VisitorActor,
  VisitorCtx,
} from './context.ts';
export type { CommandSpec, ConversationDeps, Conversations } from './ports.ts';
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
