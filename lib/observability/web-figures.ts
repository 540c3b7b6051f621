import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as z from 'zod';

/** What the web process says of itself; the desk asks for it and shows it in its own /metrics. */
export const WebFigures = z.object({
  /** This run of this process: several may stand behind one name. */
  id: z.string().max(32),
  /** Seconds, since somebody asked last; as prom-client's lag, its sampling of 10 ms included. */
  delay: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  /** Bytes. */
  memory: z.object({ resident: z.number(), heap: z.number() }),
  cpuSeconds: z.number(),
  requests: z.array(z.object({ kind: z.string(), status: z.string(), count: z.number() })).max(200),
});
export type WebFigures = z.infer<typeof WebFigures>;

/** Where the web process answers the desk. Below one of the desk's own paths: it is never passed on to. */
export const WEB_FIGURES_PATH = '/metrics';

interface Watch {
  id: string;
  delay: ReturnType<typeof monitorEventLoopDelay>;
  /** By `kind status`. */
  requests: Map<string, number>;
}

/** Next bundles this file more than once; the process is one. */
const process_ = globalThis as typeof globalThis & { parlourWebWatch?: Watch };

function kindOf(path: string): string {
  if (path.startsWith('/api/')) return 'api';
  return path.startsWith('/_next/') || /\.\w{2,5}$/.test(path) ? 'file' : 'page';
}

/** Begins to count, once in a process: its HTTP answers and the delay of its event loop. */
export function watchWeb(): Watch {
  if (process_.parlourWebWatch) return process_.parlourWebWatch;
  const watch: Watch = {
    id: randomBytes(4).toString('hex'),
    delay: monitorEventLoopDelay({ resolution: 10 }),
    requests: new Map(),
  };
  process_.parlourWebWatch = watch;
  watch.delay.enable();
  // Of any HTTP server here, so that nothing of Next's needs to be wrapped.
  subscribe('http.server.response.finish', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (path === WEB_FIGURES_PATH) return;
    const key = `${kindOf(path)} ${Math.floor(response.statusCode / 100)}xx`;
    watch.requests.set(key, (watch.requests.get(key) ?? 0) + 1);
  });
  return watch;
}

/** The figures now; the delay's begin anew. */
export function readWebFigures(): WebFigures {
  const { id, delay, requests } = watchWeb();
  const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0);
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const figures: WebFigures = {
    id,
    delay: {
      p50: seconds(delay.percentile(50)),
      p99: seconds(delay.percentile(99)),
      max: seconds(delay.max),
    },
    memory: { resident: rss, heap: heapUsed },
    cpuSeconds: (user + system) / 1e6,
    requests: [...requests].map(([key, count]) => {
      const [kind = '', status = ''] = key.split(' ');
      return { kind, status, count };
    }),
  };
  delay.reset();
  return figures;
}
