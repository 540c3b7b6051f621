import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { enterSpan, type Span } from '#lib/observability/tracing.ts';
import type { HttpRequest } from './message.ts';

const log = logger.child({ scope: 'http' });

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The span of one request, below the caller's when it sent a `traceparent`; null without an exporter. */
export function requestSpan(request: HttpRequest, route: string): Span | null {
  const { method, trace, headers } = request;
  const remote = Array.isArray(headers.traceparent) ? headers.traceparent[0] : headers.traceparent;
  return enterSpan(`${method} ${route}`, trace, {
    kind: 'server',
    ...(remote ? { remote } : {}),
    attributes: { 'http.request.method': method, 'http.route': route },
  });
}

/** Notes an answered request: figures and a log line. @param since ms of performance.now() */
export function requestEnded(
  { method, url, client }: HttpRequest,
  route: string,
  status: number,
  since: number,
): void {
  const ms = performance.now() - since;
  metrics.requests.add(route, METHODS.has(method) ? method : 'other', String(status));
  metrics.requestSeconds.observe(ms / 1000, route);
  const about = { method, path: url.pathname, status, ms: Math.round(ms) };
  log.debug({ ...about, client: client.address }, 'request_answered');
}
