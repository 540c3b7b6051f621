import { connect, type Socket } from 'node:net';
import type { Reply } from '#lib/protocol/envelope.ts';
import { closeFrame, FrameReader, pongFrame, textFrame } from './frames.ts';
import { jsonIn, numberAt } from './scan.ts';

export interface WireOptions {
  port: number;
  /** Default 127.0.0.1 */
  host?: string;
  /** With the leading slash; `/` is the default namespace. */
  namespace: string;
  /** What the handshake carries, or null for none. */
  auth: object | null;
  /** Origin, Cookie, X-Forwarded-For … */
  headers?: Readonly<Record<string, string>>;
  /** Source address: beyond 28,000 connections to one port, 127.0.0.2 … are needed. */
  localAddress?: string;
}

/** What comes in. Chunks are only valid during the call; what is kept must be copied. */
export interface WireListener {
  /** The namespace was joined. */
  joined?(client: WireClient): void;
  /** Refused by the namespace, with its `connect_error` data. */
  refused?(client: WireClient, error: unknown): void;
  /** An acknowledgement nobody waits for with `call`; the bytes are the array of its arguments. */
  acked?(client: WireClient, id: number, chunk: Buffer, from: number, to: number): void;
  /** An event; the bytes are `["name",payload]`. */
  pushed?(client: WireClient, chunk: Buffer, from: number, to: number): void;
  /** Gone, for whatever reason; the last call. */
  closed?(client: WireClient, reason: string): void;
}

const PONG = textFrame('3');

const [OPEN, PING, MESSAGE] = [0x30, 0x32, 0x34];
const [CONNECT, DISCONNECT, EVENT, ACK, ERROR] = [0x30, 0x31, 0x32, 0x33, 0x34];
const [OPENING_BRACKET, OPENING_BRACE] = [0x5b, 0x7b];

/**
 * A Socket.IO 5 client over a WebSocket, on a bare TCP socket: one namespace, JSON packets, no
 * reconnection. It does as little as possible itself, so that a generator on the same machine
 * disturbs what it measures as little as possible.
 */
export class WireClient {
  /** The caller's own: index, member id … */
  tag = -1;
  /** Node's socket; for half-open connections and the like. */
  readonly socket: Socket;
  state: 'connecting' | 'joined' | 'closed' = 'connecting';
  readonly #options: WireOptions;
  readonly #listener: WireListener;
  readonly #reader: FrameReader;
  readonly #prefix: string;
  readonly #calls = new Map<number, { resolve(v: Reply<unknown>): void; reject(e: Error): void }>();
  #nextId = 0;
  #upgraded = false;
  #head = '';
  #reason = 'the connection was closed';

  constructor(options: WireOptions, listener: WireListener) {
    this.#options = options;
    this.#listener = listener;
    this.#prefix = options.namespace === '/' ? '' : `${options.namespace},`;
    this.#reader = new FrameReader({
      text: (chunk, from, to) => this.#packet(chunk, from, to),
      ping: (payload) => this.socket.write(pongFrame(payload)),
      closed: () => this.socket.end(),
    });
    const host = options.host ?? '127.0.0.1';
    this.socket = connect({
      host,
      port: options.port,
      noDelay: true,
      ...(options.localAddress ? { localAddress: options.localAddress } : {}),
    });
    this.socket.on('connect', () => this.socket.write(upgradeRequest(host, options)));
    this.socket.on('data', (chunk: Buffer) => this.#data(chunk));
    this.socket.on('error', (error) => {
      this.#reason = error.message;
    });
    this.socket.on('close', () => this.#closed());
  }

  /** An id for an ack, never used before on this connection. */
  nextId(): number {
    return this.#nextId++;
  }

  /** One Socket.IO event as a frame, to be written now or later with `write`. */
  eventFrame(id: number | null, args: string): Buffer {
    return textFrame(`42${this.#prefix}${id ?? ''}${args}`);
  }

  /** The hot path: a frame made by `eventFrame`. Its ack goes to the listener. */
  write(frame: Buffer): void {
    this.socket.write(frame);
  }

  /** Sends one of the product's commands; `input` is JSON text. Its ack goes to the listener. */
  command(id: number, name: string, input: string): void {
    this.write(this.eventFrame(id, `["command",{"name":"${name}","input":${input}}]`));
  }

  /** The same for who awaits the answer. @throws Error when the connection ends before */
  call<T = unknown>(name: string, input: object): Promise<Reply<T>> {
    if (this.state === 'closed') return Promise.reject(new Error(this.#reason));
    const id = this.nextId();
    this.command(id, name, JSON.stringify(input));
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (v: Reply<unknown>) => void, reject });
    });
  }

  /** Says goodbye as a page does that is left. */
  close(): void {
    if (this.#upgraded) this.socket.write(closeFrame());
    this.socket.end();
  }

  /** Gone at once, without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  #data(chunk: Buffer): void {
    if (this.#upgraded) {
      this.#reader.push(chunk);
      return;
    }
    this.#head += chunk.toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1) return;
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      this.#reason = `no WebSocket: ${this.#head.slice(0, this.#head.indexOf('\r\n'))}`;
      this.socket.destroy();
      return;
    }
    this.#upgraded = true;
    const rest = Buffer.from(this.#head.slice(end + 4), 'latin1');
    this.#head = '';
    if (rest.length > 0) this.#reader.push(rest);
  }

  #packet(chunk: Buffer, from: number, to: number): void {
    const type = chunk[from];
    if (type === MESSAGE) this.#message(chunk, from + 1, to);
    else if (type === PING) this.socket.write(PONG);
    else if (type === OPEN) {
      const auth = this.#options.auth === null ? '' : JSON.stringify(this.#options.auth);
      this.socket.write(textFrame(`40${this.#prefix}${auth}`));
    }
  }

  #message(chunk: Buffer, from: number, to: number): void {
    // Our namespace, known by its length; a server speaks of no other.
    let at = from + 1 + this.#prefix.length;
    switch (chunk[from]) {
      case EVENT:
        while (chunk[at] !== OPENING_BRACKET) at += 1;
        this.#listener.pushed?.(this, chunk, at, to);
        return;
      case ACK: {
        const id = numberAt(chunk, at);
        while (chunk[at] !== OPENING_BRACKET) at += 1;
        const call = this.#calls.size > 0 ? this.#calls.get(id) : undefined;
        if (!call) {
          this.#listener.acked?.(this, id, chunk, at, to);
          return;
        }
        this.#calls.delete(id);
        call.resolve((jsonIn(chunk, at, to) as [Reply<unknown>])[0]);
        return;
      }
      case CONNECT:
        this.state = 'joined';
        this.#listener.joined?.(this);
        return;
      case ERROR: {
        while (at < to && chunk[at] !== OPENING_BRACE) at += 1;
        const error = at < to ? jsonIn(chunk, at, to) : {};
        this.#reason = `refused: ${JSON.stringify(error)}`;
        this.#listener.refused?.(this, error);
        return;
      }
      case DISCONNECT:
        this.#reason = 'turned out by the server';
        this.socket.end();
        return;
      default:
        throw new Error(`unexpected packet ${chunk.toString('utf8', from, to)}`);
    }
  }

  #closed(): void {
    this.state = 'closed';
    for (const { reject } of this.#calls.values()) reject(new Error(this.#reason));
    this.#calls.clear();
    this.#listener.closed?.(this, this.#reason);
  }
}

function upgradeRequest(host: string, { port, headers = {} }: WireOptions): string {
  const lines = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: ${host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    // Its only use is against caches; the answer is not checked here.
    'Sec-WebSocket-Key: cGFybG91ci1sb2FkLTEyMw==',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
