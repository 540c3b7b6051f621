import { type AnyMachineSnapshot, createMachine, initialTransition, transition } from 'xstate';
import type { Edge, FlowDefinition, StateDefinition } from '../../definition.ts';
import { CONDITIONS } from './arbitrary-chart.ts';

/** The same chart in XState's own words, driven by its pure functions. */

function edgeOf(edge: Edge) {
  const { guard } = edge;
  const named =
    guard?.type === 'memory' ? `${guard.params.is ? '' : 'not '}${guard.params.key}` : undefined;
  return { ...edge, guard: named, actions: linesOf(edge.actions) };
}

function linesOf(actions: Edge['actions']): { type: string }[] {
  return (actions ?? []).flatMap((one) => (one.type === 'say' ? [{ type: one.params.line }] : []));
}

const edgesOf = (edges: unknown) => (edges as Edge[] | undefined)?.map(edgeOf);
const recordOf = (record: object | undefined) =>
  Object.fromEntries(Object.entries(record ?? {}).map(([key, edges]) => [key, edgesOf(edges)]));

function stateOf(state: StateDefinition): Record<string, unknown> {
  return {
    ...(state.type ? { type: state.type } : {}),
    ...(state.initial ? { initial: state.initial } : {}),
    entry: linesOf(state.entry),
    exit: linesOf(state.exit),
    on: recordOf(state.on),
    after: recordOf(state.after),
    ...(state.always ? { always: edgesOf(state.always) } : {}),
    ...(state.onDone ? { onDone: edgesOf(state.onDone) } : {}),
    ...(state.states ? { states: statesOf(state.states) } : {}),
  };
}

const statesOf = (states: Record<string, StateDefinition>) =>
  Object.fromEntries(Object.entries(states).map(([key, state]) => [key, stateOf(state)]));

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[key, inner] = ['', '']] = Object.entries(value as object);
  return `${key}.${pathOf(inner)}`;
}

/** A machine that runs, and what its last step did. */
export class XStateRun {
  readonly #machine;
  #snapshot: AnyMachineSnapshot;
  #conditions = 0;
  /** Live timers: the event that fires each, and the step that started it. */
  readonly #timers = new Map<string, { fires: string; since: number }>();
  #steps = 0;
  lines: string[] = [];

  constructor(flow: FlowDefinition) {
    const holds = (index: number) => (this.#conditions & (1 << index)) !== 0;
    this.#machine = createMachine(
      { id: flow.id, initial: flow.initial, states: statesOf(flow.states) },
      {
        delays: Object.fromEntries(Object.entries(flow.delays).map(([name, { ms }]) => [name, ms])),
        guards: Object.fromEntries(
          CONDITIONS.flatMap((name, index) => [
            [name, () => holds(index)],
            [`not ${name}`, () => !holds(index)],
          ]),
        ),
      },
    );
    const [snapshot, actions] = initialTransition(this.#machine);
    this.#snapshot = snapshot;
    this.#took(actions);
  }

  get path(): string {
    return pathOf(this.#snapshot.value);
  }

  get done(): boolean {
    return this.#snapshot.status === 'done';
  }

  get timers(): Record<string, number> {
    return Object.fromEntries([...this.#timers].map(([name, { since }]) => [name, since]).sort());
  }

  send(type: string, conditions: number): void {
    this.#conditions = conditions;
    const [snapshot, actions] = transition(this.#machine, this.#snapshot, { type });
    this.#snapshot = snapshot;
    this.#took(actions);
  }

  /** @param usedUp what did nothing is asked again by ours (T4), and stays */
  fire(name: string, conditions: number, usedUp: boolean): void {
    const fires = this.#timers.get(name)?.fires;
    if (fires === undefined) throw new Error(`XState has no timer ${name}`);
    if (usedUp) this.#timers.delete(name);
    this.send(fires, conditions);
  }

  #took(actions: readonly { type: string; params: unknown }[]): void {
    this.#steps += 1;
    this.lines = [];
    for (const { type, params } of actions) {
      if (type === 'xstate.raise') {
        const fires = (params as { event: { type: string } }).event.type;
        const name = fires.split('.')[2] ?? '';
        this.#timers.set(name, { fires, since: this.#steps });
      } else if (type === 'xstate.cancel') {
        const fires = String((params as { sendId?: string }).sendId ?? params);
        for (const [name, timer] of this.#timers) {
          if (timer.fires === fires) this.#timers.delete(name);
        }
      } else this.lines.push(type);
    }
  }
}
