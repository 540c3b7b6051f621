export type { Connection } from './connection.ts';
export type { Caller } from './dispatch.ts';
export { failed } from './failure.ts';
export { attachGateway, type Gateway, type GatewayDeps } from './gateway.ts';
export { checkVersion } from './handshake.ts';
export { memberCtx } from './member-namespace.ts';
export type { Edge, FindMember } from './ports.ts';
export { RATES, type RateLimiter, type RateTable, scaleRates } from './rate-limit.ts';
export { visitorCtx } from './visitor-namespace.ts';
