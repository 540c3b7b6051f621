import type { Chance } from '../chance.ts';
import type { DatabaseView } from '../world/database-view.ts';

/** Somebody at a page, acting by chance. */
export interface Person {
  name: string;
  /** Arrives, or comes back. */
  start(): void;
  /** From now on (true) does things by themselves, or only looks on; whoever is away comes back for that. */
  setActing(acting: boolean): void;
  /** Null when what is shown is what the database holds; else what differs. */
  behind(view: DatabaseView): string | null;
  /** Writes down how far each log is. */
  noteInStep(view: DatabaseView): void;
  destroy(): void;
}

/** Calls `act` again and again, with a pause drawn by chance, while told to. */
export function createActing(
  chance: Chance,
  pauseMs: readonly [number, number],
  act: () => void,
): { set(acting: boolean): void; stop(): void } {
  let acting = false;
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    timer = setTimeout(
      () => {
        if (acting) act();
        next();
      },
      chance.between(...pauseMs),
    );
  };
  next();
  return {
    set(value) {
      acting = value;
    },
    stop: () => clearTimeout(timer),
  };
}
