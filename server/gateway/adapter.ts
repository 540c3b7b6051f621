import { createShardedAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import type { Server } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';

const log = logger.child({ scope: 'fanout' });

export interface FanOutTransport {
  /** Emits reach other processes too. */
  shared: boolean;
  /** Resolves when every subscription asked for so far is in force. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** One process: the sockets are all here. */
export const localTransport: FanOutTransport = {
  shared: false,
  settled: async () => undefined,
  close: async () => undefined,
};

/**
 * Fan-out over Redis's sharded pub/sub. The adapter neither awaits nor catches its SUBSCRIBE, so the
 * promises are kept here: a join that is answered before its subscription holds would miss pushes.
 */
export async function connectRedis(io: Server, url: string): Promise<FanOutTransport> {
  const publisher = createClient({ url });
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber]) {
    client.on('error', (error) => log.warn({ err: error }, 'redis_connection_lost'));
  }
  await Promise.all([publisher.connect(), subscriber.connect()]);

  const pending = new Set<Promise<unknown>>();
  const watched = <A extends unknown[], R>(ask: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      const asked = ask(...args);
      const settled = asked.catch((error: unknown) => {
        log.warn({ err: error }, 'redis_subscribe_failed');
      });
      pending.add(settled);
      void settled.finally(() => pending.delete(settled));
      return asked;
    };
  };
  subscriber.sSubscribe = watched(
    subscriber.sSubscribe.bind(subscriber),
  ) as typeof subscriber.sSubscribe;
  io.adapter(createShardedAdapter(publisher, subscriber));

  return {
    shared: true,
    settled: async () => {
      await Promise.all(pending);
    },
    close: async () => {
      await Promise.all([publisher.close(), subscriber.close()]);
    },
  };
}
