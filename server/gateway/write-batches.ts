import type { Socket as TcpSocket } from 'node:net';
import type { Server } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';

const log = logger.child({ scope: 'gateway' });

/** A WebSocket frame as `ws` hands it to its sender: header and payload, or both in one. */
type Frame = readonly (Buffer | string)[];
type Sent = (error?: Error) => void;

/** What `ws` keeps inside; engine.io reaches into the same place for frames encoded once for many. */
interface FrameSender {
  _socket: TcpSocket;
  sendFrame(frame: Frame, sent?: Sent): void;
}

/** What engine.io calls a connection. */
interface Connection {
  readyState: string;
  transport: { writable: boolean; socket?: { _sender?: FrameSender } };
  /** Packets the transport has not taken. */
  writeBuffer: readonly unknown[];
  write(data: unknown, options?: object, sent?: unknown): Connection;
}

const TEXT = 1;
/** A whole text frame in one (RFC 6455, 5.2: FIN and opcode 1). */
const TEXT_FRAME = 0x80 | TEXT;
/** Packet type `message` of engine.io's protocol. */
const MESSAGE = 0x34;

/** Bytes of an unmasked frame's header. */
const headerBytes = (payload: number): number => (payload < 126 ? 2 : payload < 65_536 ? 4 : 10);

/** @returns where the header ends */
function writeHeader(bytes: Buffer, at: number, payload: number): number {
  bytes[at] = TEXT_FRAME;
  if (payload < 126) {
    bytes[at + 1] = payload;
  } else if (payload < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(payload, at + 2);
  } else {
    bytes[at + 1] = 127;
    bytes.writeUInt32BE(0, at + 2);
    bytes.writeUInt32BE(payload, at + 6);
  }
  return at + headerBytes(payload);
}

/** The frames of one connection that leave at the end of this turn. */
class Batch {
  readonly #sender: FrameSender;
  readonly #write: (frame: Frame, sent?: Sent) => void;
  readonly #later: (batch: Batch) => void;
  /** Bytes and texts as they are; a number announces a message: its frame's payload in bytes. */
  #parts: (Buffer | string | number)[] = [];
  #bytes = 0;
  #sent: Sent[] = [];

  constructor(connection: Connection, sender: FrameSender, later: (batch: Batch) => void) {
    this.#sender = sender;
    this.#write = sender.sendFrame.bind(sender);
    this.#later = later;
    sender.sendFrame = (frame, sent) => this.#add(frame, sent);
    const write = connection.write.bind(connection);
    connection.write = (data, options, sent) => {
      if (typeof data !== 'string' || sent !== undefined || !this.#isClear(connection))
        return write(data, options, sent);
      this.#say(data);
      return connection;
    };
  }

  /** Nothing waits in engine.io or before the kernel that a message of now could pass. */
  #isClear({ readyState, transport, writeBuffer }: Connection): boolean {
    return (
      readyState === 'open' &&
      transport.writable &&
      writeBuffer.length === 0 &&
      this.#sender._socket.writableLength === 0 &&
      !this.#sender._socket.destroyed
    );
  }

  /** A message past engine.io and ws, which would make a packet and a frame of it to end up here. */
  #say(text: string): void {
    if (this.#parts.length === 0) this.#later(this);
    const payload = 1 + Buffer.byteLength(text);
    this.#parts.push(payload, text);
    this.#bytes += headerBytes(payload) + payload;
  }

  #add(frame: Frame, sent?: Sent): void {
    const [head] = frame;
    // Heartbeats of ws and goodbyes act on their callback: they follow what is here, as themselves.
    if (typeof head === 'string' || ((head?.[0] ?? 0) & 0x0f) !== TEXT) {
      this.flush();
      this.#write(frame, sent);
      return;
    }
    if (this.#parts.length === 0) this.#later(this);
    for (const part of frame) {
      this.#parts.push(part);
      // ws leaves a text unencoded, having written its length into the header.
      this.#bytes += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
    }
    if (!sent) return;
    // While the kernel takes what we write, engine.io may go on at once; else it is told when this
    // has left, and keeps what comes meanwhile, so that who does not read is noticed.
    if (this.#sender._socket.writableLength === 0) sent();
    else this.#sent.push(sent);
  }

  flush(): void {
    const parts = this.#parts;
    if (parts.length === 0) return;
    const waiting = this.#sent;
    const bytes = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (const part of parts) {
      if (typeof part === 'string') at += bytes.write(part, at);
      else if (typeof part === 'number') {
        at = writeHeader(bytes, at, part);
        bytes[at] = MESSAGE;
        at += 1;
      } else at += part.copy(bytes, at);
    }
    this.#parts = [];
    this.#bytes = 0;
    this.#sent = [];
    if (waiting.length === 0) this.#sender._socket.write(bytes);
    else {
      this.#sender._socket.write(bytes, (error) => {
        for (const sent of waiting) sent(error ?? undefined);
      });
    }
  }
}

function senderOf({ transport }: Connection): FrameSender | null {
  const sender = transport.socket?._sender;
  return typeof sender?.sendFrame === 'function' && sender._socket ? sender : null;
}

/**
 * Frames that a connection gets in one turn of the event loop leave in one system call: a visitor's
 * ack and the push of the same message, an agent's pushes of one commit. Writing is the dearest thing
 * the desk does, about a quarter of its time (decision 0100).
 */
export function batchWrites(io: Server): void {
  let waiting: Batch[] = [];
  const flushAll = () => {
    const batches = waiting;
    waiting = [];
    for (const batch of batches) batch.flush();
  };
  const later = (batch: Batch) => {
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(batch);
  };
  io.engine.on('connection', (connection: Connection) => {
    const sender = senderOf(connection);
    // A ws that works otherwise inside loses the saving, nothing else.
    if (sender) new Batch(connection, sender, later);
    else log.warn('write_batches_not_possible');
  });
}
