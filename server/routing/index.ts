export type { RoutingDeps, RoutingMembers } from './ports.ts';
export { type RoutingRunner, startRouting } from './start-routing.ts';
