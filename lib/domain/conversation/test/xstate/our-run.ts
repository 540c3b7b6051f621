import { buildChart } from '../../chart.ts';
import type { Flow } from '../../compile.ts';
import type { FlowDefinition } from '../../definition.ts';
import { open, step } from '../../engine.ts';
import type { FlowEvent, Snapshot, StepResult } from '../../model.ts';
import { OPENING, SALES, T0 } from '../fixtures.ts';
import { CONDITIONS, type EVENTS } from './arbitrary-chart.ts';

const HOUR = 3_600_000;

const WORDS: Record<(typeof EVENTS)[number], FlowEvent> = {
  'visitor.message': { type: 'visitor.message' },
  'queue.staffed': { type: 'queue.staffed', queueId: SALES },
  'queue.unstaffed': { type: 'queue.unstaffed', queueId: SALES },
  'conversation.ended': { type: 'conversation.ended', by: 'visitor' },
};

/** The chart through the product's own `open` and `step`. */
export class OurRun {
  readonly #flow: Flow;
  #snapshot: Snapshot | null = null;
  #now = T0;
  /** The step that started each generation. */
  readonly #since = new Map<number, number>();
  #steps = 0;
  lines: string[] = [];
  /** Kinds of what was taken, ever. */
  readonly triggers = new Set<string>();

  constructor(definition: FlowDefinition) {
    const { chart, problems } = buildChart(definition);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    this.#flow = { chart };
    this.#took(open(this.#flow, OPENING, this.#now));
  }

  get path(): string {
    return this.#at.state;
  }

  get done(): boolean {
    return this.#at.phase === 'closed';
  }

  get timers(): Record<string, number> {
    const live = Object.entries(this.#at.timers);
    return Object.fromEntries(
      live.map(([name, { gen }]) => [name, this.#since.get(gen) ?? -1] as const).sort(),
    );
  }

  get #at(): Snapshot {
    if (!this.#snapshot) throw new Error('not open');
    return this.#snapshot;
  }

  send(type: (typeof EVENTS)[number], conditions: number): boolean {
    return this.#step(WORDS[type], conditions);
  }

  /** @returns whether it acted */
  fire(name: string, conditions: number): boolean {
    const gen = this.#at.timers[name]?.gen ?? -1;
    return this.#step({ type: 'timer.fired', name, gen }, conditions);
  }

  #step(event: FlowEvent, conditions: number): boolean {
    // Whatever timer is live is due.
    this.#now += HOUR;
    const snapshot = { ...this.#at, memory: memoryOf(conditions) };
    return this.#took(step(this.#flow, snapshot, event, this.#now));
  }

  #took(result: StepResult): boolean {
    this.#steps += 1;
    this.lines = [];
    if (result.kind === 'refused' && result.violation) throw new Error(result.violation);
    if (result.kind !== 'moved') return false;
    this.#snapshot = result.snapshot;
    this.#since.set(result.snapshot.stateRev, this.#steps);
    for (const { trigger } of result.transitions) this.triggers.add(trigger.replace(/:.*/, ''));
    for (const effect of result.effects) {
      if (effect.type === 'message.system') this.lines.push(effect.line);
    }
    return true;
  }
}

function memoryOf(conditions: number): Record<string, boolean> {
  return Object.fromEntries(CONDITIONS.map((name, bit) => [name, (conditions & (1 << bit)) !== 0]));
}
