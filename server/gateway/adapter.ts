import { setTimeout as pause } from 'node:timers/promises';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import type { Namespace, Server } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { RoomForm } from './room-form.ts';
import { pushTextToRoom, pushToRoom } from './room-push.ts';

const log = logger.child({ scope: 'fanout' });

export interface FanOutTransport {
  /** Emits reach other processes too. */
  shared: boolean;
  /** One event to everybody in a room, on every node; `data` is what JSON can say. */
  push(nsp: Namespace, room: string, event: string, data: object): void;
  /** Resolves when every subscription asked for so far is in force. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Waited for Redis at start, and for the subscriptions of a join, before the desk goes on without it. */
const CONNECT_MS = 3_000;
const SETTLE_MS = 500;
/** Pushes on their way to Redis: a second or two of a full node. */
const MOST_UNSENT = 20_000;
/**
 * Bytes of pushes that may leave in one turn of the event loop; node-redis goes on a turn later beyond.
 * With a socket's usual 64 KiB those were some 75: turns of 60 ms, as a busy desk makes, let 1,200 pushes
 * a second out, whatever came (decision 0150). Memory is bounded by MOST_UNSENT.
 */
const UNSENT_BYTES = 32 << 20;
/** A lost Redis fails every push: said once in a while, and counted each time. */
const SAY_EVERY_MS = 1_000;
const PUBLISHED = Promise.resolve(0);

/** What `work` resolves with, or null when it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One process: the sockets are all here. */
export const localTransport: FanOutTransport = {
  shared: false,
  push: pushToRoom,
  settled: async () => undefined,
  close: async () => undefined,
};

/** Between two attempts at a subscription. */
const AGAIN_MS = 200;

type Listener = (message: Buffer, channel: Buffer) => unknown;

/** As the adapter names the channel of a room. */
const channelsOf = (nsp: string) => `socket.io#${nsp}#`;

/**
 * Fan-out over Redis's sharded pub/sub. The adapter neither awaits nor catches what it asks of its
 * clients, so it is given a face of them that remembers and never rejects: a join that is answered
 * before its subscription holds would miss pushes, and a lost Redis must not end the process.
 */
export async function connectRedis(
  io: Server,
  url: string,
  /** Subscriptions are in force again after a loss: what others pushed meanwhile was not heard. */
  onBack: () => void = () => {},
): Promise<FanOutTransport> {
  // An option of every stream, which the client's types leave out.
  const roomy = { connectTimeout: 5_000, ...{ highWaterMark: UNSENT_BYTES } };
  // Without Redis a push fails at once instead of queueing up to be told late.
  // One that stalls gets no more than this to be told later; beyond, pushes fail and clients find the gap.
  const publisher = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_UNSENT,
    socket: roomy,
    // By default each command has a timer and an AbortSignal of its own, which fires 5 s later even when
    // all went well and cost more than the push itself. What waits is bounded above.
    commandOptions: { timeout: 0 },
  });
  const subscriber = createClient({ url });
  for (const client of [publisher, subscriber]) {
    client.on('error', (error) => log.warn({ err: error }, 'redis_connection_lost'));
  }
  let lost = false;
  subscriber.on('error', () => {
    lost = true;
  });
  subscriber.on('ready', () => {
    if (lost) onBack();
    lost = false;
  });
  let closing = false;
  const said = new Map<string, number>();
  const say = (what: string, error: unknown) => {
    const now = performance.now();
    if (closing || now - (said.get(what) ?? Number.NEGATIVE_INFINITY) < SAY_EVERY_MS) return;
    said.set(what, now);
    log.warn({ err: error }, what);
  };
  const failed = (what: string, error: unknown) => {
    metrics.redisFailures.add(what);
    say(what, error);
  };
  const unpublished = (error: unknown) => failed('redis_publish_failed', error);
  const quietly = async <T>(what: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      failed(what, error);
      return null;
    }
  };
  // Redis carries hints only: a desk starts without it, and both clients go on trying by themselves.
  const connected = Promise.all([publisher.connect(), subscriber.connect()]);
  await within(CONNECT_MS, quietly('redis_connect_failed', connected));

  // As a bare command: the client's typed ways cost each push 3 µs more.
  const publish = (channel: string, payload: string) => {
    publisher.sendCommand(['SPUBLISH', channel, payload]).catch(unpublished);
  };
  const pending = new Set<Promise<unknown>>();
  const remembered = (work: Promise<unknown>) => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
    return work;
  };
  // A room that is left and joined again at once (a reload) must not overtake itself: node-redis takes a
  // channel whose unsubscribing is under way for subscribed, and then forgets it for good.
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = <T>(channel: string, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(channel);
    const mine = before ? before.then(work) : work();
    turns.set(channel, mine);
    void mine.finally(() => {
      if (turns.get(channel) === mine) turns.delete(channel);
    });
    return mine;
  };
  /** A subscription that was lost under way is in nobody's list to come back to: it is asked for again. */
  const subscribe = async (channel: string, listener: Listener): Promise<void> => {
    const done = async () => {
      await subscriber.sSubscribe(channel, listener, true);
      return true;
    };
    while (!(await quietly('redis_subscribe_failed', done())) && !closing) await pause(AGAIN_MS);
  };
  const forms = new Map<string, RoomForm>();
  const formOf = (nsp: Namespace): RoomForm => {
    let form = forms.get(nsp.name);
    if (!form) {
      const { uid } = nsp.adapter as unknown as { uid: string };
      form = new RoomForm(uid, nsp.name);
      forms.set(nsp.name, form);
    }
    return form;
  };
  /** The adapter's listener of a namespace, behind one that takes what was pushed to a room. */
  const listeners = new Map<Listener, Listener>();
  const withPushes = (listener: Listener, anyChannel: string): Listener => {
    const known = listeners.get(listener);
    if (known) return known;
    const name = anyChannel.split('#')[1] ?? '';
    const prefix = channelsOf(name).length;
    let nsp: Namespace | undefined;
    const listens: Listener = (message, channel) => {
      nsp ??= io.of(name);
      const room = channel.toString('latin1', prefix, channel.length - 1);
      const read = formOf(nsp).read(message, room);
      if (read === 'other') listener(message, channel);
      else if (read !== 'own') pushTextToRoom(nsp, room, read.json);
    };
    listeners.set(listener, listens);
    return listens;
  };
  const face = {
    // The adapter delivers to this node's own sockets when this resolves: they do not wait for Redis
    // (decision 0117). Commands leave in order, so what other nodes hear keeps its order too.
    sPublish: (channel: string, payload: string) => {
      publish(channel, payload);
      return PUBLISHED;
    },
    sendCommand: (args: string[]) => publisher.sendCommand(args),
    sSubscribe: (channel: string, listener: Listener) =>
      remembered(inTurn(channel, () => subscribe(channel, withPushes(listener, channel)))),
    sUnsubscribe: (channels: string | string[]) =>
      Promise.all(
        [channels]
          .flat()
          .map((channel) =>
            inTurn(channel, () =>
              quietly('redis_unsubscribe_failed', subscriber.sUnsubscribe(channel)),
            ),
          ),
      ),
  };
  io.adapter(createShardedAdapter(face, face));
  const unwatch = metrics.redis.from(() => [
    [['publisher'], publisher.isReady ? 1 : 0],
    [['subscriber'], subscriber.isReady ? 1 : 0],
  ]);

  return {
    shared: true,
    push(nsp, room, event, data) {
      const json = JSON.stringify([event, data]);
      publish(`${channelsOf(nsp.name)}${room}#`, formOf(nsp).write(room, json));
      pushTextToRoom(nsp, room, json);
    },
    settled: async () => {
      // While Redis is away a join is answered all the same: heads find what is not pushed.
      await within(SETTLE_MS, Promise.all(pending));
    },
    close: async () => {
      closing = true;
      unwatch();
      for (const client of [publisher, subscriber]) client.destroy();
    },
  };
}
