import type { Chance } from '../chance.ts';
import type { Fault } from '../history.ts';
import type { Recorder } from '../recorder.ts';
import type { World } from '../world/world.ts';
import { FAULT_KINDS } from './faults.ts';
import type { Round } from './plan.ts';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Plays one round: each fault begins at its time and lasts as it was drawn. Resolves when all are
 * over, with those that happened.
 */
export async function playRound(
  world: World,
  round: Round,
  chance: Chance,
  recorder: Recorder,
  say: (line: string) => void,
): Promise<Fault[]> {
  const applied: Fault[] = [];
  const play = async ({ fault, at }: Round['faults'][number], index: number) => {
    const kind = FAULT_KINDS[fault];
    const own = chance.fork(`${index} ${fault}`);
    await sleep(at);
    const from = recorder.now();
    const { target, about = {}, end } = await kind.begin(world, own);
    const ms = own.between(...kind.lasts);
    say(`  ${fault} ${target}${ms > 0 ? ` for ${ms} ms` : ''}`);
    applied.push(fault);
    await sleep(ms);
    await end();
    const until = recorder.now();
    recorder.nemesis({ kind: 'fault', at: until, fault, target, from, until, about });
  };
  const over = round.faults
    .filter(({ fault }) => fault !== 'kill_redis' || world.redis?.mortal)
    .map(play);
  await Promise.all([sleep(round.lengthMs), ...over]);
  return applied;
}
