import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { logger } from '#lib/observability/logger.ts';
import { traceFrom, withTrace } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { failed } from '#server/gateway/index.ts';
import { clientOf, isOfThisMachine } from './client-address.ts';
import { failureAnswer, type HttpRequest, readJson, sendJson } from './message.ts';
import { createProxy } from './proxy.ts';
import { requestEnded, requestSpan } from './request-watch.ts';
import type { Route } from './routes.ts';
import { createStaticFiles } from './static-files.ts';

const log = logger.child({ scope: 'http' });

/** Paths of ours; what is unknown below them is not the web process's either. */
const OWN_PREFIXES = ['/api/v1/', '/healthz', '/readyz', '/metrics', '/socket.io/'];

const isOwn = (pathname: string) => OWN_PREFIXES.some((prefix) => pathname.startsWith(prefix));

/** Connections not accepted yet: after an outage thousands come in one moment. The kernel's own limit stands. */
const BACKLOG = 4_096;

/** What is being answered or streamed gets this long when the desk ends. */
const CLOSE_GRACE_MS = 1_500;

export interface HttpDeps {
  /** Where everything goes that is not the desk's own; without one, there is nothing else. */
  webOrigin: string | undefined;
  /** TRUST_PROXY */
  hops: number;
  /** Folder of the built widget, served under /widget/. */
  widgetFolder: string;
}

export interface Http {
  server: Server;
  /** Adds routes; before the server listens. */
  add(routes: readonly Route[]): void;
  routes(): readonly Route[];
  listen(port: number, host: string): Promise<number>;
  /**
   * Takes no new connections and lets go of idle ones; what asks over an open one is answered, told to
   * close it. Then `close`.
   */
  leave(): void;
  close(): Promise<void>;
}

/** CORS without credentials: tokens travel in a header, so that no page gains anything from a cookie. */
function crossOriginHeaders(origin: string | undefined): Record<string, string> {
  return {
    vary: 'origin',
    ...(origin ? { 'access-control-allow-origin': origin } : {}),
    'access-control-expose-headers': 'date, retry-after, x-trace-id',
    'cross-origin-resource-policy': 'cross-origin',
  };
}

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type, traceparent, x-parlour-identity',
  'access-control-max-age': '7200',
};

/** The desk's HTTP server: its own routes, the widget's files, and a proxy to the web process. */
export function createHttp(deps: HttpDeps): Http {
  const routes = new Map<string, Route>();
  const paths = new Set<string>();
  const proxy = deps.webOrigin ? createProxy(deps.webOrigin, deps.hops) : null;
  const serveWidget = createStaticFiles(deps.widgetFolder, '/widget/');

  let warned = deps.hops > 0;
  const warnOfProxy = (raw: IncomingMessage) => {
    if (warned || !raw.headers['x-forwarded-for']) return;
    warned = true;
    // Otherwise everybody behind that proxy counts as one address, and shares its limits.
    log.warn(
      { hint: 'set TRUST_PROXY if a proxy of yours stands in front' },
      'proxy_headers_ignored',
    );
  };

  const read = (raw: IncomingMessage, response: ServerResponse): HttpRequest => {
    warnOfProxy(raw);
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    const header = raw.headers.traceparent;
    const method = raw.method ?? 'GET';
    return {
      method,
      // The host is not looked at: paths are all that routes need.
      url: new URL(raw.url ?? '/', 'http://desk.invalid'),
      headers: raw.headers,
      client: clientOf(raw, deps.hops),
      ofThisMachine: isOfThisMachine(raw),
      trace: traceFrom(Array.isArray(header) ? header[0] : header),
      origin: raw.headers.origin,
      json: () => readJson(raw),
      signal: abort.signal,
    };
  };

  const answerRoute = async (route: Route, request: HttpRequest, response: ServerResponse) => {
    const cors = route.crossOrigin ? crossOriginHeaders(request.origin) : {};
    try {
      const answer = await route.handle(request);
      sendJson(response, request, { ...answer, headers: { ...cors, ...answer.headers } });
    } catch (error) {
      const failure = failed(error, { route: `${route.method} ${route.path}` });
      const answer = failureAnswer(failure);
      // What is left of a body nobody reads must not be taken for the next request.
      const close: Record<string, string> =
        failure.code === 'text_too_long' ? { connection: 'close' } : {};
      sendJson(response, request, { ...answer, headers: { ...cors, ...answer.headers, ...close } });
    }
  };

  const answer = async (raw: IncomingMessage, response: ServerResponse, request: HttpRequest) => {
    const { pathname } = request.url;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes.get(`${method} ${pathname}`);
    if (route) return answerRoute(route, request, response);
    if (paths.has(pathname)) {
      const cross = routes.get(`POST ${pathname}`) ?? routes.get(`GET ${pathname}`);
      if (request.method === 'OPTIONS' && cross?.crossOrigin) {
        const headers = { ...crossOriginHeaders(request.origin), ...PREFLIGHT };
        return sendJson(response, request, { status: 204, body: undefined, headers });
      }
      const allowed = ['GET', 'POST'].filter((one) => routes.has(`${one} ${pathname}`)).join(', ');
      const refusal = failureAnswer(new ParlourError('invalid_input'));
      return sendJson(response, request, { ...refusal, status: 405, headers: { allow: allowed } });
    }
    if (await serveWidget(raw, response, request)) return;
    if (proxy && !isOwn(pathname)) {
      return proxy.web(raw, response, request);
    }
    return sendJson(response, request, failureAnswer(new ParlourError('not_found')));
  };

  let closed: Promise<void> | null = null;
  const routeLabel = ({ url: { pathname } }: HttpRequest): string => {
    if (paths.has(pathname)) return pathname;
    if (pathname.startsWith('/widget/')) return 'widget';
    return proxy && !isOwn(pathname) ? 'web' : 'other';
  };

  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000 },
    (raw, response) => {
      // Socket.IO answers its own path.
      if (raw.url?.startsWith('/socket.io/')) return;
      const since = performance.now();
      let request: HttpRequest;
      try {
        request = read(raw, response);
      } catch {
        // Not a URL: nothing here can be asked that way.
        response.writeHead(400).end();
        return;
      }
      if (closed) response.setHeader('connection', 'close');
      withTrace(request.trace, () => {
        const route = routeLabel(request);
        const span = requestSpan(request, route);
        response.on('finish', () => requestEnded(request, route, response.statusCode, since));
        response.on('close', () => span?.end(response.writableFinished ? undefined : 'aborted'));
        answer(raw, response, request).catch((error: unknown) => {
          const failure = failed(error, { path: request.url.pathname });
          if (response.headersSent) response.destroy();
          else sendJson(response, request, failureAnswer(failure));
        });
      });
    },
  );
  server.keepAliveTimeout = 65_000;

  // Node forgets a socket once it is upgraded, and yet waits for it when it closes.
  const sockets = new Set<Socket>();
  function forget(this: Socket) {
    sockets.delete(this);
  }
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', forget);
  });

  server.on('upgrade', (raw: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (raw.url?.startsWith('/socket.io/')) return;
    socket.on('error', () => socket.destroy());
    if (!proxy) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    proxy.upgrade(raw, socket, head, clientOf(raw, deps.hops), traceFrom(undefined));
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });

  const leave = () => {
    // Reports an error when it does not listen (any more), which is what is wanted.
    closed ??= new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
  };

  return {
    server,
    routes: () => [...routes.values()],
    add(added) {
      for (const route of added) {
        routes.set(`${route.method} ${route.path}`, route);
        paths.add(route.path);
      }
    },
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, BACKLOG, () => {
          server.off('error', reject);
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    leave,
    async close() {
      leave();
      proxy?.close();
      const force = setTimeout(() => {
        // Also the WebSockets whose other end is dead: their goodbye would be waited for 30 s.
        for (const socket of sockets) socket.destroy();
      }, CLOSE_GRACE_MS);
      await closed;
      clearTimeout(force);
    },
  };
}
