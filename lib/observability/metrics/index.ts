export { CONTENT_TYPE, renderMetrics, startMetrics } from './exposition.ts';
export { metrics } from './instruments.ts';
