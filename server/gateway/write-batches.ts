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

const TEXT = 1;

/** The frames of one connection that leave at the end of this turn. */
class Batch {
  readonly #sender: FrameSender;
  readonly #write: (frame: Frame, sent?: Sent) => void;
  readonly #later: (batch: Batch) => void;
  #parts: (Buffer | string)[] = [];
  #bytes = 0;
  #sent: Sent[] = [];

  constructor(sender: FrameSender, later: (batch: Batch) => void) {
    this.#sender = sender;
    this.#write = sender.sendFrame.bind(sender);
    this.#later = later;
    sender.sendFrame = (frame, sent) => this.#add(frame, sent);
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
      at += typeof part === 'string' ? bytes.write(part, at) : part.copy(bytes, at);
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

function senderOf(connection: unknown): FrameSender | null {
  const { transport } = connection as { transport?: { socket?: { _sender?: FrameSender } } };
  const sender = transport?.socket?._sender;
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
  io.engine.on('connection', (connection: unknown) => {
    const sender = senderOf(connection);
    // A ws that works otherwise inside loses the saving, nothing else.
    if (sender) new Batch(sender, later);
    else log.warn('write_batches_not_possible');
  });
}
