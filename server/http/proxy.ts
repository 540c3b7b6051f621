import { randomBytes } from 'node:crypto';
import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { env } from '#lib/env.ts';
import { logger } from '#lib/observability/logger.ts';
import { runningSpan } from '#lib/observability/tracing.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { Client } from './client-address.ts';
import { commonHeaders, failureAnswer, type HttpRequest, sendJson } from './message.ts';
import { WEB_DOWN_CSP, webDownPage } from './web-down-page.ts';

const log = logger.child({ scope: 'proxy' });

/** RFC 9110 §7.6.1: headers of one hop, never passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A render that says nothing for this long is given up. */
const SILENCE_MS = 60_000;

/** The first compile of a page by `next dev` may take minutes on a small machine, and says nothing. */
const SILENCE_IN_DEVELOPMENT_MS = 600_000;

/**
 * An idle connection is dropped after this long, because Next closes its own after 5 s (Node's default
 * keepAliveTimeout) and a request that meets the closing is lost. Node takes the shorter of this and
 * the `Keep-Alive: timeout=N` that Next announces, less a second; without this it ignores the latter.
 */
const IDLE_MS = 3_000;

/** What a request meets on a kept connection whose other end had left it. */
const LEFT = new Set<unknown>(['ECONNRESET', 'EPIPE']);

function passedOn(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim());
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.includes(name)) kept[name] = value;
  }
  return kept;
}

/**
 * The frame of the body that is piped on, from the request itself. Without one Node sends the body of
 * a GET bare, and the web process would read it as the next request, headers of ours and all.
 */
function framing({ headers }: IncomingMessage): Record<string, string> {
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' };
  const length = headers['content-length'];
  return length === undefined ? {} : { 'content-length': length };
}

/** A request that may be asked twice: it changes nothing and its body, none, is not used up. */
function isRepeatable({ method, headers }: IncomingMessage): boolean {
  const bare =
    headers['transfer-encoding'] === undefined && !Number(headers['content-length'] ?? 0);
  return bare && (method === 'GET' || method === 'HEAD');
}

/** What the web process is told of the client; whatever a stranger wrote there is overwritten. */
function forwarded(raw: IncomingMessage, client: Client, trace: string, hops: number) {
  const headers = passedOn(raw.headers);
  const before = hops > 0 && headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ` : '';
  return {
    ...headers,
    'x-forwarded-for': `${before}${raw.socket.remoteAddress ?? ''}`,
    'x-forwarded-proto': client.protocol,
    'x-forwarded-host': client.host,
    'x-parlour-client': client.address,
    traceparent: `00-${trace}-${runningSpan(trace)?.id ?? randomBytes(8).toString('hex')}-01`,
  };
}

/**
 * Everything that is not the desk's own goes to the web process, streaming both ways.
 * @param silenceMs how long the web process may say nothing
 */
export function createProxy(
  webOrigin: string,
  hops: number,
  silenceMs = env().nodeEnv === 'development' ? SILENCE_IN_DEVELOPMENT_MS : SILENCE_MS,
) {
  const { hostname, port } = new URL(webOrigin);
  const kept = new Agent({ keepAlive: true, maxSockets: 256, timeout: IDLE_MS });
  // What cannot be repeated goes where nobody can have left: over a connection of its own.
  const fresh = new Agent({ keepAlive: false, maxSockets: 256 });
  const tunnels = new Set<() => void>();
  const target = { hostname: hostname.replace(/^\[|\]$/g, ''), port: port || 80 };

  const sayDown = (response: ServerResponse, raw: IncomingMessage, request: HttpRequest) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (!String(raw.headers.accept ?? '').includes('text/html')) {
      sendJson(response, request, failureAnswer(new ParlourError('unavailable')));
      return;
    }
    const page = webDownPage(raw.headers['accept-language']);
    response.writeHead(503, {
      ...commonHeaders(request.client, request.trace),
      'content-security-policy': WEB_DOWN_CSP,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '3',
    });
    response.end(page);
  };

  return {
    web(raw: IncomingMessage, response: ServerResponse, request: HttpRequest): void {
      const repeatable = isRepeatable(raw);
      const send = (agent: Agent) => {
        const outgoing = ask({
          ...target,
          agent,
          method: raw.method,
          path: raw.url,
          headers: { ...forwarded(raw, request.client, request.trace, hops), ...framing(raw) },
          timeout: silenceMs,
        });
        let answered = false;
        outgoing.on('response', (incoming) => {
          answered = true;
          const headers: Record<string, string | string[]> = passedOn(incoming.headers);
          for (const [name, value] of Object.entries(
            commonHeaders(request.client, request.trace),
          )) {
            headers[name] ??= value;
          }
          response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, headers);
          incoming.pipe(response);
          incoming.on('error', () => response.destroy());
        });
        outgoing.on('timeout', () => outgoing.destroy(new Error('the web process is silent')));
        outgoing.on('error', (error: NodeJS.ErrnoException) => {
          request.signal.removeEventListener('abort', giveUp);
          if (request.signal.aborted) return;
          if (repeatable && outgoing.reusedSocket && !answered && LEFT.has(error.code)) {
            send(fresh);
            return;
          }
          log.warn({ err: error, path: request.url.pathname }, 'web_request_failed');
          sayDown(response, raw, request);
        });
        const giveUp = () => outgoing.destroy();
        request.signal.addEventListener('abort', giveUp, { once: true });
        // A stream is read once: only a request without a body can be sent again.
        if (repeatable) outgoing.end();
        else raw.pipe(outgoing);
      };
      send(repeatable ? kept : fresh);
      if (repeatable) raw.resume();
    },

    /** WebSockets of Next's development server (hot reload). */
    upgrade(raw: IncomingMessage, socket: Duplex, head: Buffer, client: Client, trace: string) {
      const outgoing = ask({
        ...target,
        method: raw.method,
        path: raw.url,
        headers: {
          ...forwarded(raw, client, trace, hops),
          connection: 'Upgrade',
          upgrade: raw.headers.upgrade ?? 'websocket',
        },
      });
      const close = () => {
        tunnels.delete(close);
        outgoing.destroy();
        socket.destroy();
      };
      // The server forgets a socket once it is upgraded, yet waits for it when it closes.
      tunnels.add(close);
      outgoing.on('upgrade', (incoming, upstream, upstreamHead) => {
        const lines = Object.entries(incoming.headers).flatMap(([name, value]) =>
          [value].flat().map((one) => `${name}: ${one}`),
        );
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
        if (upstreamHead.length > 0) socket.write(upstreamHead);
        if (head.length > 0) upstream.write(head);
        upstream.on('error', close).on('close', close);
        // The request has given its socket away: destroying the request would leave this one open.
        socket.on('close', () => upstream.destroy());
        upstream.pipe(socket).pipe(upstream);
      });
      outgoing.on('response', close);
      outgoing.on('error', close);
      socket.on('error', close).on('close', close);
      outgoing.end();
    },

    close(): void {
      for (const close of tunnels) close();
      kept.destroy();
      fresh.destroy();
    },
  };
}

export type Proxy = ReturnType<typeof createProxy>;
