export { lastAt, presentConversationRow, type RowCompany } from './conversation-row.ts';
export { presentMemberEvent } from './member-event.ts';
export { type MemberRecord, presentMemberView, presentOwnView } from './member-view.ts';
export { instant, instantOrNull, type MemberNames, nameOf } from './names.ts';
export { type OutlineCompany, presentVisitorConversation } from './visitor-conversation.ts';
export { agentsIn, presentVisitorEvent, presentVisitorEvents } from './visitor-event.ts';
