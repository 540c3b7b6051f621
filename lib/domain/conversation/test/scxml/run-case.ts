import { askedFor, buildChart, type Node } from '../../chart.ts';
import type { FlowDefinition } from '../../definition.ts';
import { firstEnabled, type Run, runEdge, runOpening } from '../../macrostep.ts';
import type { FlowEvent, Snapshot } from '../../model.ts';
import { OPENING, T0 } from '../fixtures.ts';
import { outgoingOf } from './translate.ts';

/** A case as the test framework writes it: what is sent, and the leaves that must be active then. */
export interface Script {
  initialConfiguration: string[];
  events: { after?: number; event: { name: string }; nextConfiguration: string[] }[];
}

/**
 * A flow under SCXML's rules of events, on the interpreter below the platform's own rules: raised events
 * come before sent ones, sent ones in their order, delayed ones when the clock says.
 */
class ScxmlRun {
  readonly #chart;
  #leaf: Node;
  #now = 0;
  readonly #raised: string[] = [];
  #sent: { event: string; at: number }[] = [];

  constructor(flow: FlowDefinition) {
    const { chart, problems } = buildChart(flow);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    this.#chart = chart;
    this.#leaf = chart.root;
    this.#took(runOpening(this.#input('')));
    this.#drain(false);
  }

  /** Id of the active leaf. */
  get at(): string {
    return this.#leaf.path.slice(this.#leaf.path.lastIndexOf('.') + 1);
  }

  /** What was sent meanwhile arrives first; what this sends, not before the next. */
  send(event: string, after: number): void {
    this.#now += after;
    this.#drain(true);
    this.#deliver(event);
    this.#drain(false);
  }

  #input(type: string) {
    const snapshot = { ...OPENING, memory: { yes: true }, timers: {} } as unknown as Snapshot;
    const event = { type } as FlowEvent;
    return { chart: this.#chart, snapshot, event, now: T0, gen: 1 };
  }

  #took(run: Run): void {
    if (!run.settled) throw new Error('it does not settle');
    this.#leaf = run.leaf;
    for (const effect of run.effects) {
      if (effect.type !== 'message.system') continue;
      const { event, delay } = outgoingOf(effect.line);
      if (delay === null) this.#raised.push(event);
      else this.#sent.push({ event, at: this.#now + delay });
    }
  }

  #deliver(event: string): void {
    const input = this.#input(event);
    const edge = firstEnabled(askedFor(this.#leaf, input.event), input);
    if (edge) this.#took(runEdge(this.#leaf, edge, event, input));
  }

  /** @param sent also what was sent and is due, not only what was raised */
  #drain(sent: boolean): void {
    for (let turns = 0; turns < 1_000; turns += 1) {
      const raised = this.#raised.shift();
      if (raised !== undefined) {
        this.#deliver(raised);
        continue;
      }
      const due = this.#sent.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at)[0];
      if (!sent || !due) return;
      this.#sent = this.#sent.filter((one) => one !== due);
      this.#deliver(due.event);
    }
    throw new Error('events without end');
  }
}

/** @returns the active leaf at the start and after each event, beside what it should be */
export function runCase(flow: FlowDefinition, { initialConfiguration, events }: Script) {
  const run = new ScxmlRun(flow);
  const was: string[][] = [[run.at]];
  for (const { after, event } of events) {
    run.send(event.name, after ?? 0);
    was.push([run.at]);
  }
  return { was, expected: [initialConfiguration, ...events.map((one) => one.nextConfiguration)] };
}
