import { DEFAULT_FLOW, type FlowDefinition } from '#lib/domain/conversation/index.ts';

type State = FlowDefinition['states'][string];
type Edges = NonNullable<State['always']>;

/** States of the default flow that each line has of its own. */
const LINE = ['waiting', 'engaged', 'wrapup', 'offline'] as const;

/** The parts of the default flow, renamed to be those of line `index`. */
class Line {
  readonly #index: number;

  constructor(index: number) {
    this.#index = index;
  }

  name(own: string): string {
    return `${own}${this.#index}`;
  }

  #target(target: string): string {
    const [, prefix = '', first = '', rest = ''] = /^(#default\.)?(\w+)(.*)$/.exec(target) ?? [];
    return (LINE as readonly string[]).includes(first)
      ? `${prefix}${this.name(first)}${rest}`
      : target;
  }

  #edges(edges: Edges): Edges {
    if (typeof edges === 'string') return this.#target(edges);
    if (Array.isArray(edges)) return edges.map((edge) => this.#edges(edge)) as Edges;
    return edges.target === undefined ? edges : { ...edges, target: this.#target(edges.target) };
  }

  #record<T extends Record<string, Edges | undefined>>(record: T | undefined, rename: boolean): T {
    const entries = Object.entries(record ?? {}).flatMap(([key, edges]) =>
      edges === undefined ? [] : [[rename ? this.name(key) : key, this.#edges(edges)]],
    );
    return Object.fromEntries(entries) as T;
  }

  state(state: State): State {
    return {
      ...state,
      ...(state.on ? { on: this.#record(state.on, false) } : {}),
      ...(state.after ? { after: this.#record(state.after, true) } : {}),
      ...(state.states
        ? {
            states: Object.fromEntries(
              Object.entries(state.states).map(([key, inner]) => [key, this.state(inner)]),
            ),
          }
        : {}),
    };
  }
}

/**
 * A flow of many lines, each with the states of the default flow but for the first and the last, and
 * chosen by the weight of what arrives. A line has 8 states; 25 lines with the 2 that they share, 202.
 */
export function linesFlow(count: number): FlowDefinition {
  const lines = Array.from({ length: count }, (_, index) => new Line(index));
  const { opened, closed } = DEFAULT_FLOW.states;
  if (!opened || !closed) throw new Error('the default flow has other states');
  const states: Record<string, State> = {
    opened: {
      ...opened,
      always: lines.map((line, index) => ({
        target: line.name('waiting'),
        ...(index < count - 1
          ? { guard: { type: 'event', params: { field: 'weight', is: index } } as const }
          : {}),
      })),
    },
    closed,
  };
  const delays: FlowDefinition['delays'] = {};
  for (const line of lines) {
    for (const own of LINE) states[line.name(own)] = line.state(DEFAULT_FLOW.states[own] as State);
    for (const [own, delay] of Object.entries(DEFAULT_FLOW.delays)) delays[line.name(own)] = delay;
  }
  return { ...DEFAULT_FLOW, delays, states };
}

/** Its states, the inner ones counted too. */
export const statesOf = (states: Record<string, State>): number =>
  Object.values(states).reduce((sum, state) => sum + 1 + statesOf(state.states ?? {}), 0);
