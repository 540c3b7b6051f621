import type { Server, Socket } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import type { Reply } from '#lib/protocol/envelope.ts';
import type { Overload } from './overload.ts';
import { readTextFrames } from './text-frames.ts';

const log = logger.child({ scope: 'gateway' });

/** What `ws` reads a socket's bytes with; 0: between two frames. */
interface Receiver {
  _state: number;
  _bufferedBytes: number;
  _fragmented: number;
  _loop: boolean;
  _maxPayload: number;
  write(chunk: Buffer): boolean;
}

/** What engine.io calls a connection. */
interface Connection {
  readyState: string;
  transport: { socket?: { _receiver?: Receiver } };
  pingTimeoutTimer: unknown;
  hasRefreshedPingTimeout: boolean;
  write(data: string): unknown;
}

/** Runs one command, and says its reply to who asked. */
export type CommandHandler = (body: unknown, answer: (reply: Reply<unknown>) => void) => void;

/** By the namespaces that the connection is in. */
type Handlers = Record<'visitor' | 'member', CommandHandler | null>;

/** engine.io's `message` with Socket.IO's EVENT in it. */
const EVENT = '42';
/** An event `command` that asks for an ack. */
const COMMAND = /^42\/(visitor|member),(\d{1,10})(?=\["command",)/;
/** As every client of ours begins. */
const MESSAGE = '["command",{"name":"message.send",';

export interface CommandFrames {
  /** From now on this socket's commands are `handle`'s. */
  serve(socket: Socket, handle: CommandHandler): void;
}

/**
 * Reads commands where their bytes arrive: the frame, the packet and the event of each pass through
 * eleven layers of ws, engine.io and Socket.IO otherwise, which was a sixth of what a message costs the
 * desk (decision 0159). Whatever is not a whole frame with one command in it goes the general way, with
 * the same result. `message.send` is refused before it is parsed while this process cannot take it.
 */
export function readCommands(io: Server, overload: Pick<Overload, 'refusalUnread'>): CommandFrames {
  const connections = new WeakMap<object, Handlers>();

  function take(connection: Connection, handlers: Handlers, text: string): boolean {
    const [head, audience, id] = COMMAND.exec(text) ?? [];
    if (head === undefined) return false;
    const handle = handlers[audience as keyof Handlers];
    if (!handle) return false;
    const say = (reply: Reply<unknown>) =>
      connection.write(`3/${audience},${id}[${JSON.stringify(reply)}]`);
    const error = text.startsWith(MESSAGE, head.length) ? overload.refusalUnread('message') : null;
    if (error) {
      metrics.commands.add(String(audience), 'message.send', error.code);
      say({ ok: false, error });
      return true;
    }
    let event: unknown[];
    try {
      event = JSON.parse(text.slice(head.length));
    } catch (error) {
      // Socket.IO ends a connection that sends such a thing.
      if (error instanceof SyntaxError) return false;
      throw error;
    }
    if (event.length !== 2) return false;
    handle(event[1], say);
    return true;
  }

  function readFrom(connection: Connection, receiver: Receiver, handlers: Handlers) {
    const write = receiver.write.bind(receiver);
    /** No frame is under way, and engine.io would only pass a message on. */
    const isClear = () =>
      connection.readyState === 'open' &&
      (connection.pingTimeoutTimer === null || connection.hasRefreshedPingTimeout);
    const takeText = (text: string) => isClear() && take(connection, handlers, text);
    receiver.write = (chunk) => {
      const { _state, _bufferedBytes, _fragmented, _loop, _maxPayload } = receiver;
      if (_state !== 0 || _bufferedBytes > 0 || _fragmented > 0 || _loop) return write(chunk);
      const taken = readTextFrames(chunk, EVENT, _maxPayload, takeText);
      if (taken === chunk.length) return true;
      return write(taken === 0 ? chunk : chunk.subarray(taken));
    };
  }

  io.engine.on('connection', (connection: Connection) => {
    const handlers: Handlers = { visitor: null, member: null };
    connections.set(connection, handlers);
    const receiver = connection.transport.socket?._receiver;
    // A ws that works otherwise inside loses the saving, nothing else.
    if (receiver && receiver._state === 0) readFrom(connection, receiver, handlers);
    else log.warn('command_frames_not_possible');
  });

  return {
    serve(socket, handle) {
      socket.on('command', (body: unknown, ack: unknown) => {
        if (typeof ack === 'function') handle(body, (reply) => ack(reply));
      });
      const handlers = connections.get(socket.conn);
      const audience = socket.nsp.name.slice(1) as keyof Handlers;
      if (!handlers || !(audience in handlers)) return;
      handlers[audience] = handle;
      socket.on('disconnect', () => {
        handlers[audience] = null;
      });
    },
  };
}
