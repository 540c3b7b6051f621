export { addressKey, clientOf } from './client-address.ts';
export { createReadiness, type Readiness } from './health.ts';
export { healthRoutes } from './health-routes.ts';
export { createHttp, type Http } from './http.ts';
export { memberRoutes } from './member-routes.ts';
export { metricsRoute } from './metrics-route.ts';
export { isOwnPage, mayEmbed, type OwnOrigins, ownOrigins } from './origins.ts';
export type { Route } from './routes.ts';
export { type VisitorRouteDeps, visitorRoutes } from './visitor-routes.ts';
