import type { Server } from 'socket.io';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import type { Overload } from './overload.ts';

/** What engine.io calls a connection. */
interface Connection {
  listeners(event: 'data'): ((data: unknown) => void)[];
  removeListener(event: 'data', listener: (data: unknown) => void): unknown;
  on(event: 'data', listener: (data: unknown) => void): unknown;
  write(data: string): unknown;
}

/** A Socket.IO event that asks for an ack, as every client of ours writes `message.send`. */
const MESSAGE = /^2\/(visitor|member),(\d{1,10})\["command",\{"name":"message\.send",/;

/**
 * Answers `message.send` with a refusal before it is parsed, while this process cannot take it anyway:
 * neither the packet nor the message is looked into, no context and no promise is made. Written
 * otherwise, a message is refused the longer way, with the same answer.
 */
export function refuseEarly(io: Server, overload: Pick<Overload, 'refusalUnread'>): void {
  const refused = (connection: Connection, data: unknown): boolean => {
    if (typeof data !== 'string' || !data.startsWith('2/')) return false;
    // Asked of messages only: each asking that refuses is counted.
    const [, audience, id] = MESSAGE.exec(data) ?? [];
    if (audience === undefined || id === undefined) return false;
    const error = overload.refusalUnread('message');
    if (!error) return false;
    metrics.commands.add(audience, 'message.send', error.code);
    connection.write(`3/${audience},${id}${JSON.stringify([{ ok: false, error }])}`);
    return true;
  };
  io.engine.on('connection', (connection: Connection) => {
    // Socket.IO's own, which is there by now: it decodes the packet.
    const [take, ...others] = connection.listeners('data');
    if (!take || others.length > 0) return;
    connection.removeListener('data', take);
    connection.on('data', (data) => {
      if (!refused(connection, data)) take(data);
    });
  });
}
