import { connect, createServer, type Socket } from 'node:net';

interface Pair {
  /** The client's end. */
  near: Socket;
  /** The server's end. */
  far: Socket;
  /** Bytes of the client, for a replay. */
  sent: Buffer[];
  /** Nothing passes any more, and nobody is told. */
  frozen: boolean;
}

export interface FaultyProxy {
  port: number;
  /** Chunks wait up to so many ms, each direction in order. */
  setDelay(mostMs: number): void;
  /** New connections are reset. */
  setRefusing(refusing: boolean): void;
  /**
   * Ends every connection for the client at once. `lingering`: what the client had sent still reaches
   * the server, later, behind what newer connections send.
   */
  cut(lingering: boolean): void;
  /** Lets every connection hang: open on both ends, dead in between. */
  halfOpen(): void;
  /** Plays what one connection's client sent so far to the server again, as a connection of its own. */
  duplicate(): void;
  /** Connections opened so far. */
  opened(): number;
  close(): Promise<void>;
}

const LONGEST_LINGER_MS = 400;

/** A TCP proxy that does what networks do to connections. @param random in [0, 1), seeded by the test */
export async function startFaultyProxy(target: number, random: () => number): Promise<FaultyProxy> {
  const pairs = new Set<Pair>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let delay = 0;
  let refusing = false;
  let opened = 0;

  const later = (ms: number, fn: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      fn();
    }, ms);
    timers.add(timer);
  };
  const track = (socket: Socket) => {
    sockets.add(socket);
    // Resets are what this proxy is for; `close` follows and is enough.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const dial = () => track(connect(target, '127.0.0.1'));

  /** Delays never let a chunk overtake another of the same direction. */
  function pipe(pair: Pair, from: Socket, to: () => Socket, keep: boolean) {
    let free = 0;
    from.on('data', (chunk: Buffer) => {
      if (keep) pair.sent.push(chunk);
      if (pair.frozen) return;
      const now = performance.now();
      free = Math.max(free, now + delay * random());
      later(free - now, () => {
        if (!pair.frozen && to().writable) to().write(chunk);
      });
    });
  }

  const server = createServer((near) => {
    opened += 1;
    track(near);
    if (refusing) {
      near.resetAndDestroy();
      return;
    }
    const pair: Pair = { near, far: dial(), sent: [], frozen: false };
    pairs.add(pair);
    pipe(pair, near, () => pair.far, true);
    pipe(pair, pair.far, () => pair.near, false);
    near.on('close', () => {
      pairs.delete(pair);
      if (!pair.frozen) later(LONGEST_LINGER_MS, () => pair.far.destroy());
    });
    pair.far.on('close', () => {
      if (!pair.frozen) near.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    setDelay(mostMs) {
      delay = mostMs;
    },
    setRefusing(value) {
      refusing = value;
    },
    cut(lingering) {
      for (const pair of [...pairs]) {
        if (!lingering) pair.far.destroy();
        pair.near.resetAndDestroy();
      }
    },
    halfOpen() {
      for (const pair of pairs) pair.frozen = true;
    },
    duplicate() {
      const all = [...pairs].filter((pair) => pair.sent.length > 0);
      const pair = all[Math.floor(random() * all.length)];
      if (!pair) return;
      const again = dial();
      // Answers of the replay reach nobody.
      again.resume();
      for (const chunk of pair.sent) again.write(chunk);
      later(LONGEST_LINGER_MS, () => again.destroy());
    },
    opened: () => opened,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of [...sockets]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
