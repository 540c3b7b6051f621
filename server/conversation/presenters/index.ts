export { presentMemberEvent } from './member-event.ts';
export type { MemberNames } from './names.ts';
export { presentVisitorEvents } from './visitor-event.ts';
