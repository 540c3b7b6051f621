import { randomBytes } from 'node:crypto';
import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { logger } from '#lib/observability/logger.ts';
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
    traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-01`,
  };
}

/** Everything that is not the desk's own goes to the web process, streaming both ways. */
export function createProxy(webOrigin: string, hops: number) {
  const { hostname, port } = new URL(webOrigin);
  const agent = new Agent({ keepAlive: true, maxSockets: 256, keepAliveMsecs: 5_000 });
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
      const outgoing = ask({
        ...target,
        agent,
        method: raw.method,
        path: raw.url,
        headers: { ...forwarded(raw, request.client, request.trace, hops), ...framing(raw) },
        timeout: SILENCE_MS,
      });
      outgoing.on('response', (incoming) => {
        const headers: Record<string, string | string[]> = passedOn(incoming.headers);
        for (const [name, value] of Object.entries(commonHeaders(request.client, request.trace))) {
          headers[name] ??= value;
        }
        response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, headers);
        incoming.pipe(response);
        incoming.on('error', () => response.destroy());
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('the web process is silent')));
      outgoing.on('error', (error) => {
        if (request.signal.aborted) return;
        log.warn({ err: error, path: request.url.pathname }, 'web_request_failed');
        sayDown(response, raw, request);
      });
      request.signal.addEventListener('abort', () => outgoing.destroy(), { once: true });
      raw.pipe(outgoing);
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
      agent.destroy();
    },
  };
}

export type Proxy = ReturnType<typeof createProxy>;
