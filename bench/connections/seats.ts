import { crowdOf } from '#bench/load/crowds.ts';
import type { People } from '#bench/load/people/index.ts';
import { joinWire } from '#bench/load/wire/index.ts';
import type { BenchContext } from '../bench.ts';

/**
 * Every agent's console, open and doing nothing: without one for half a minute they would count as gone
 * and the desk would take their conversations away, which is not what is measured here.
 */
export async function seatAgents(
  context: Pick<BenchContext, 'after'>,
  people: People,
  desk: { port: number },
): Promise<void> {
  const origin = `http://localhost:${desk.port}`;
  const { agents } = crowdOf({ ...people, talks: [] }, [{ port: desk.port, origin }]);
  const seated = await Promise.all(agents.map((agent) => joinWire(agent)));
  context.after(async () => {
    for (const client of seated) client.destroy();
  });
}
