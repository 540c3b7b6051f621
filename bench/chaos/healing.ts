import type { Fault } from './history.ts';
import type { Person } from './people/person.ts';
import { type DatabaseView, lookAtDatabase } from './world/database-view.ts';
import type { World } from './world/world.ts';

/** Everyone in step within so long of healing: after cuts and kills, and after what only silence tells. ms */
export const IN_STEP_MS = { usual: 5_000, silent: 25_000 };
/** Only missing pings tell that the other end is gone. */
const SILENT: readonly Fault[] = ['half_open', 'stop_desk'];

export const limitAfter = (faults: readonly Fault[]): number =>
  faults.some((fault) => SILENT.includes(fault)) ? IN_STEP_MS.silent : IN_STEP_MS.usual;

const LOOK_MS = 100;

export interface Healing {
  /** null: somebody was not in step in time. */
  tookMs: number | null;
  /** Who was last, or who never came, and why. */
  late: { name: string; why: string }[];
}

async function look(world: World): Promise<DatabaseView | null> {
  try {
    return await lookAtDatabase(world.pool, world.team.workspaceId);
  } catch {
    // The connection was lost with a fault; the next look has a new one.
    return null;
  }
}

/**
 * Waits until each person was once seen showing exactly what the database holds. Timers and routing
 * go on meanwhile, so that not everybody is asked to be right at the same instant.
 */
export async function untilInStep(world: World, patienceMs: number): Promise<Healing> {
  const began = performance.now();
  const left = new Map<Person, string>(world.people.map((person) => [person, 'not looked at']));
  let last: Healing['late'] = [];
  for (;;) {
    const view = await look(world);
    if (view) {
      for (const person of [...left.keys()]) {
        const why = person.behind(view);
        if (why === null) left.delete(person);
        else left.set(person, why);
      }
    }
    const took = Math.round(performance.now() - began);
    if (left.size === 0) return { tookMs: took, late: last };
    last = [...left].map(([{ name }, why]) => ({ name, why }));
    if (took > patienceMs) return { tookMs: null, late: last };
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Waits until no offer or transfer is open any more: their timers end them when nobody acts. */
export async function untilSettled(world: World, patienceMs: number): Promise<boolean> {
  const began = performance.now();
  for (;;) {
    const view = await look(world);
    const open = view?.all.some(({ phase }) => phase === 'offered' || phase === 'transferring');
    if (view && !open) return true;
    if (performance.now() - began > patienceMs) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
