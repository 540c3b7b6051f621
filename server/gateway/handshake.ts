import type { IncomingMessage } from 'node:http';
import type { Namespace, Socket } from 'socket.io';
import * as z from 'zod';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { newTrace, withTrace } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { failed, invalidInput } from './failure.ts';

/** While nodes are upgraded one by one, the next attempt may well reach a newer one. */
const AHEAD_MS = 300;

/** @throws ParlourError protocol_outdated: older than N−1; protocol_ahead: newer than N (D8) */
export function checkVersion(v: number): void {
  if (v < OLDEST_PROTOCOL_VERSION) throw new ParlourError('protocol_outdated');
  if (v > PROTOCOL_VERSION) throw new ParlourError('protocol_ahead', { retryAfterMs: AHEAD_MS });
}

const Versioned = z.object({ v: z.int() });

/**
 * The handshake's auth by its schema. The version is looked at first: an older page may have sent a
 * form that this server no longer reads, and must hear that it is old, not that it is wrong.
 */
export function readHandshake<T extends z.core.$ZodType>(schema: T, auth: unknown): z.output<T> {
  const versioned = Versioned.safeParse(auth);
  if (versioned.success) checkVersion(versioned.data.v);
  const parsed = z.safeParse(schema, auth);
  if (!parsed.success) throw invalidInput(parsed.error);
  return parsed.data;
}

/** Lets a socket into a namespace, or refuses it with a typed error in `connect_error`'s data. */
export function admit(nsp: Namespace, work: (socket: Socket) => Promise<void>): void {
  const enter = async (socket: Socket) => {
    // A connection whose request was forgotten has its namespace; nobody of ours wants another one.
    if (!socket.request) throw new ParlourError('not_found');
    await work(socket);
  };
  nsp.use((socket, next) => {
    withTrace(newTrace(), () => enter(socket)).then(
      () => next(),
      (error: unknown) => {
        const failure = failed(error, { command: 'connect', namespace: nsp.name });
        metrics.refusedConnections.add(nsp.name.slice(1), failure.code);
        next(Object.assign(new Error(failure.code), { data: failure.toWire() }));
      },
    );
  });
}

/** The handshake's Origin header. */
export function originOf(socket: Socket): string | undefined {
  return socket.handshake.headers.origin;
}

/**
 * Lets go of the upgrade request and all that hangs on it, which an idle connection would hold for as
 * long as it lasts: some 3 KB of 15. Nothing of the handshake can be asked afterwards.
 */
export function forgetRequest(socket: Socket): void {
  // Socket.IO's own advice against memory use; its types know no connection without a request.
  const conn = socket.conn as unknown as { request: IncomingMessage | null };
  conn.request = null;
  const left = { headers: {}, query: {}, auth: {}, url: '', time: '' };
  Object.assign(socket.handshake, left satisfies Partial<Socket['handshake']>);
}
