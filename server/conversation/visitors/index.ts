export { type ChannelIdentity, findChannel, type VisitorIdentity } from './identity.ts';
export { logOut } from './log-out.ts';
export {
  channelOf,
  identityOf,
  type OpenedSession,
  openSession,
  type VisitorDeps,
} from './open-session.ts';
export { authenticateArrival, authenticateVisitor } from './tokens.ts';
export { viewPage } from './view-page.ts';
