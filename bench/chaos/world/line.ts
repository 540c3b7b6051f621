import { connect, createServer, type Socket } from 'node:net';
import type { Chance } from '../chance.ts';

/** One connection through a line. */
interface Pair {
  near: Socket;
  /** null until some node took it. */
  far: Socket | null;
  port: number;
  /** What the client sent, for a replay; let go of beyond MOST_KEPT. */
  sent: Buffer[] | null;
  kept: number;
  /** Nothing passes any more, and nobody is told. */
  frozen: boolean;
}

/** What one client's way to the desk does to its connections. */
export interface Line {
  name: string;
  port: number;
  /** Chunks wait up to so many ms, each direction in order. */
  delay(mostMs: number): void;
  /** New connections are reset while it holds. */
  refuse(refusing: boolean): void;
  /** New connections hang, too, while it holds. */
  swallow(swallowing: boolean): void;
  /** Ends every connection for the client; `lingering`: what it had sent still arrives, later. */
  cut(lingering: boolean): void;
  /** Lets every connection hang: open on both ends, dead in between. */
  freeze(): void;
  /** Plays what one connection's client sent to a node again, as a connection of its own. */
  replay(): boolean;
  /** Some connection is frozen, and its client has not noticed yet. */
  hanging(): boolean;
  close(): Promise<void>;
}

const MOST_KEPT = 256 * 1024;
const LINGER_MS = 400;

/**
 * A TCP proxy in front of the nodes, as a balancer would be: each connection goes to a node drawn by
 * chance, or to another one where nobody listens there. Sessions are not sticky (Law 7).
 */
export async function openLine(
  name: string,
  nodes: readonly number[],
  chance: Chance,
): Promise<Line> {
  const pairs = new Set<Pair>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let mostDelay = 0;
  let refusing = false;
  let swallowing = false;

  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const track = (socket: Socket) => {
    sockets.add(socket);
    // Resets are what a line is for; `close` follows and says enough.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };

  /** Chunks never overtake another of their direction. */
  function carry(pair: Pair, from: Socket, to: () => Socket | null) {
    let free = 0;
    from.on('data', (chunk: Buffer) => {
      if (from === pair.near && pair.sent) {
        pair.kept += chunk.length;
        if (pair.kept > MOST_KEPT) pair.sent = null;
        else pair.sent.push(chunk);
      }
      if (pair.frozen) return;
      const now = performance.now();
      free = Math.max(free, now + (mostDelay > 0 ? mostDelay * chance.random() : 0));
      const write = () => {
        if (!pair.frozen && to()?.writable) to()?.write(chunk);
      };
      if (free <= now) write();
      else later(free - now, write);
    });
  }

  function dial(pair: Pair, ports: readonly number[]) {
    const [port, ...others] = ports;
    if (port === undefined || pair.near.destroyed) {
      if (!pair.frozen) pair.near.destroy();
      return;
    }
    const far = track(connect(port, '127.0.0.1'));
    let connected = false;
    far.on('connect', () => {
      connected = true;
      pair.far = far;
      pair.port = port;
      carry(pair, far, () => pair.near);
      pair.near.resume();
    });
    far.on('close', () => {
      if (!connected) dial(pair, others);
      else if (!pair.frozen) pair.near.destroy();
    });
  }

  const server = createServer((near) => {
    track(near);
    if (refusing) {
      near.resetAndDestroy();
      return;
    }
    const pair: Pair = { near, far: null, port: 0, sent: [], kept: 0, frozen: swallowing };
    pairs.add(pair);
    near.on('close', () => {
      pairs.delete(pair);
      // The node learns of a half-open connection's end by itself, by missing pings.
      if (!pair.frozen) later(LINGER_MS, () => pair.far?.destroy());
    });
    near.pause();
    carry(pair, near, () => pair.far);
    near.pause();
    if (pair.frozen) near.resume();
    else dial(pair, chance.odds(0.5) ? nodes : [...nodes].reverse());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    name,
    port,
    delay(mostMs) {
      mostDelay = mostMs;
    },
    refuse(value) {
      refusing = value;
    },
    swallow(value) {
      swallowing = value;
    },
    cut(lingering) {
      for (const pair of [...pairs]) {
        if (pair.frozen) continue;
        if (!lingering) pair.far?.destroy();
        pair.near.resetAndDestroy();
      }
    },
    freeze() {
      for (const pair of pairs) pair.frozen = true;
    },
    replay() {
      const known = [...pairs].filter((pair) => pair.sent && pair.sent.length > 0 && pair.port > 0);
      const pair = chance.pick(known);
      if (!pair?.sent) return false;
      const again = track(connect(pair.port, '127.0.0.1'));
      // Answers of the replay reach nobody.
      again.resume();
      for (const chunk of pair.sent) again.write(chunk);
      later(LINGER_MS * 3, () => again.destroy());
      return true;
    },
    hanging: () => [...pairs].some((pair) => pair.frozen && !pair.near.destroyed),
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of [...sockets]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
