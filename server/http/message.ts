import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import { DATA_CSP, SECURITY_HEADERS, STRICT_TRANSPORT } from '#lib/security/headers.ts';
import type { Client } from './client-address.ts';

/** A request as routes see it. */
export interface HttpRequest {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  client: Client;
  /** Asked by a program of this machine, through no proxy. */
  ofThisMachine: boolean;
  trace: string;
  /** The Origin header; undefined when there is none. */
  origin: string | undefined;
  /** The parsed JSON body. @throws ParlourError invalid_input | text_too_long */
  json(): Promise<unknown>;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** Sent as JSON; a `text` is sent as it is, with a content-type among the headers. */
  body: unknown;
  text?: string;
  headers?: Record<string, string>;
}

const tooLong = () =>
  new ParlourError('text_too_long', {
    issues: [{ path: '', message: `a request holds at most ${LIMITS.frameBytes} bytes` }],
  });

/** Reads at most `LIMITS.frameBytes`; the rest of a longer body is never taken in. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.frameBytes) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMITS.frameBytes) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws ParlourError invalid_input when it is not JSON in UTF-8 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const kind = request.headers['content-type'] ?? '';
  // A form of a foreign page can send text/plain without asking; JSON makes the browser ask first.
  if (!/^application\/json\s*(;|$)/i.test(kind)) {
    throw new ParlourError('invalid_input', {
      issues: [{ path: 'content-type', message: 'send application/json' }],
    });
  }
  const bytes = await readBody(request);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ParlourError('invalid_input', {
      cause,
      issues: [{ path: '', message: 'the body is not JSON in UTF-8' }],
    });
  }
}

/** Headers of every answer the desk gives itself. */
export function commonHeaders(client: Pick<Client, 'protocol'>, trace: string) {
  return {
    ...SECURITY_HEADERS,
    'x-trace-id': trace,
    ...(client.protocol === 'https' ? { 'strict-transport-security': STRICT_TRANSPORT } : {}),
  };
}

export function sendJson(
  response: ServerResponse,
  request: Pick<HttpRequest, 'client' | 'trace' | 'method'>,
  answer: HttpAnswer,
): void {
  if (response.destroyed || response.headersSent) return;
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  response.writeHead(answer.status, {
    ...commonHeaders(request.client, request.trace),
    'content-security-policy': DATA_CSP,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...(text ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? '' : text);
}

/** A typed failure as an answer: `{ ok: false, error }` under the code's HTTP status. */
export function failureAnswer(failure: ParlourError): HttpAnswer {
  const error = failure.toWire();
  const seconds =
    error.retryAfterMs === undefined ? undefined : Math.ceil(error.retryAfterMs / 1000);
  return {
    status: ERRORS[failure.code].status,
    body: { ok: false, error },
    headers: {
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      // Another node may know the newer protocol: a kept connection would lead the next try here again.
      ...(error.code === 'protocol_ahead' ? { connection: 'close' } : {}),
    },
  };
}
