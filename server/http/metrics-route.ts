import { createHash, timingSafeEqual } from 'node:crypto';
import { CONTENT_TYPE, renderMetrics } from '#lib/observability/metrics/index.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { HttpRequest } from './message.ts';
import type { Route } from './routes.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * `/metrics` for Prometheus. With METRICS_TOKEN whoever bears it may read, without one only programs
 * of this machine; for everybody else it does not exist (decision 0130).
 */
export function metricsRoute(token: string | undefined): Route {
  const wanted = token === undefined ? null : digest(`Bearer ${token}`);
  const mayRead = ({ headers, ofThisMachine }: HttpRequest) =>
    wanted === null ? ofThisMachine : timingSafeEqual(digest(headers.authorization ?? ''), wanted);
  return {
    method: 'GET',
    path: '/metrics',
    audience: 'public',
    crossOrigin: false,
    async handle(request) {
      if (!mayRead(request)) throw new ParlourError('not_found');
      const text = await renderMetrics();
      return { status: 200, body: undefined, text, headers: { 'content-type': CONTENT_TYPE } };
    },
  };
}
