import type { BenchContext } from '../bench.ts';
import { type Crowd, gather } from './crowd.ts';
import type { HeldVisitor } from './held-visitor.ts';
import type { HolderTarget } from './holder.ts';
import type { Watched } from './servers.ts';

export interface Weight {
  /** Resident memory of the server per idle connection, after collections settled. bytes */
  rss: number;
  /** Of that, in V8's heap. bytes */
  heap: number;
  perSecond: number;
  /** CPU of the server per connect. ms */
  cpuMs: number;
}

/**
 * Weighed is what comes on top of this share: by then code is compiled, and pools and buffers are
 * filled, which would otherwise be charged to the connections.
 */
const WARM_UP = 1 / 3;

/** Lets everybody connect and weighs what the server holds for each. They stay connected. */
export async function weigh(
  context: Pick<BenchContext, 'after' | 'say'>,
  server: Watched,
  namespace: HolderTarget['namespace'],
  visitors: readonly HeldVisitor[],
): Promise<{ crowd: Crowd; weight: Weight }> {
  const crowd = await gather(context, { port: server.port, namespace }, visitors);
  await crowd.connect(WARM_UP);
  const before = await server.probe.settled();
  const { joined } = await crowd.stand();
  const cpu = server.usage().cpuMs;
  const connectMs = await crowd.connect();
  const connectCpuMs = server.usage().cpuMs - cpu;
  const after = await server.probe.settled();
  const weighed = crowd.size - joined;
  const weight = {
    rss: (after.rss - before.rss) / weighed,
    heap: (after.heap - before.heap) / weighed,
    perSecond: (weighed / connectMs) * 1000,
    cpuMs: connectCpuMs / weighed,
  };
  context.say(
    `${crowd.size} connected, ${Math.round(weight.perSecond)}/s at the end; ` +
      `${Math.round(weight.rss)} bytes each (${Math.round(weight.heap)} on the heap)`,
  );
  return { crowd, weight };
}
