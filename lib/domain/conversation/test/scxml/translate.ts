import type { Edge, FlowDefinition, StateDefinition } from '../../definition.ts';
import type { SystemLine } from '../../model.ts';
import type { Element } from './read-xml.ts';

/**
 * An SCXML document as a flow. Raised and sent events are not the flow's: its actions name them, and
 * who runs the case delivers them (run-case.ts).
 */

export interface Translation {
  flow: FlowDefinition;
  /** Why the document does not fall within the subset; the flow means nothing unless it is empty. */
  unfit: ReadonlySet<string>;
}

/** Elements that put a whole document outside, in the words of the list. */
const OUTSIDE: Record<string, string> = {
  parallel: 'parallel states',
  history: 'history',
  datamodel: 'data model',
  data: 'data model',
  assign: 'data model',
  foreach: 'data model',
  script: 'script',
  invoke: 'invoke',
  finalize: 'invoke',
  donedata: 'data of events',
  param: 'data of events',
  content: 'data of events',
  if: 'actions under conditions',
  cancel: 'cancel of a sent event',
};
const SCXML_PROCESSOR = 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor';
const STATES = new Set(['state', 'final']);

/** `1s`, `10ms` or such a literal in quotes; null when it must be computed. */
function milliseconds(delay: string): number | null {
  const [, number, unit] = /^'?(\d*\.?\d+)(ms|s)'?$/.exec(delay) ?? [];
  return number === undefined ? null : Number(number) * (unit === 's' ? 1_000 : 1);
}

export interface Outgoing {
  event: string;
  /** ms; null: raised, before everything that was sent. */
  delay: number | null;
}

/** An action's line, that the runner reads again. */
const lineOf = (outgoing: Outgoing) => JSON.stringify(outgoing) as SystemLine;
export const outgoingOf = (line: string) => JSON.parse(line) as Outgoing;

/** A descriptor names an event, or one whose first tokens it is. */
function matches(descriptor: string, event: string): boolean {
  const prefix = descriptor.replace(/\.\*?$/, '');
  return prefix === '*' || event === prefix || event.startsWith(`${prefix}.`);
}

class Translator {
  readonly unfit = new Set<string>();
  readonly #paths = new Map<string, string>();
  readonly #events: readonly string[];

  constructor(root: Element, sent: readonly string[]) {
    const named = new Set(sent);
    const look = (element: Element) => {
      if (element.name in OUTSIDE) this.unfit.add(OUTSIDE[element.name] ?? '');
      const raises = element.name === 'raise' || element.name === 'send';
      if (raises && element.attributes.event) named.add(element.attributes.event);
      element.children.forEach(look);
    };
    look(root);
    this.#events = [...named];
    this.#place(root, '');
  }

  #place(parent: Element, path: string): void {
    let unnamed = 0;
    for (const child of parent.children.filter(({ name }) => STATES.has(name))) {
      const id = child.attributes.id ?? `unnamed${unnamed++}`;
      Object.assign(child.attributes, { id });
      if (id.includes('.')) this.unfit.add('ids with dots');
      const at = path === '' ? id : `${path}.${id}`;
      this.#paths.set(id, at);
      this.#place(child, at);
    }
  }

  #actions(container: Element | undefined): { type: 'say'; params: { line: SystemLine } }[] {
    return (container?.children ?? []).flatMap((action) => {
      const { name, attributes } = action;
      if (name === 'log' || name in OUTSIDE) return [];
      const event = attributes.event;
      if (name === 'raise' && event) return [say({ event, delay: null })];
      if (name !== 'send') {
        this.unfit.add(`<${name}>`);
        return [];
      }
      const {
        target,
        type,
        delay = '0s',
        delayexpr = delay,
        id: _,
        event: __,
        ...more
      } = attributes;
      const ms = milliseconds(delayexpr);
      const computed = Object.keys(more).length > 0 || action.children.length > 0;
      const elsewhere = target !== undefined && target !== '#_internal';
      if (!event || ms === null || computed) this.unfit.add('send with computed parts');
      if (elsewhere || (type ?? SCXML_PROCESSOR) !== SCXML_PROCESSOR) {
        this.unfit.add('send to somebody else');
      }
      return [say({ event: event ?? '', delay: target === '#_internal' ? null : ms })];
    });
  }

  #container(state: Element, name: string) {
    return state.children
      .filter((child) => child.name === name)
      .flatMap((one) => this.#actions(one));
  }

  #edge(state: Element, transition: Element): Edge {
    const { target, cond, type } = transition.attributes;
    if (cond !== undefined && cond !== 'true' && cond !== 'false') {
      this.unfit.add('conditions on data or on the event');
    }
    const edge: Edge = { actions: this.#actions(transition) };
    if (cond !== undefined) {
      edge.guard = { type: 'memory', params: { key: 'yes', is: cond === 'true' } };
    }
    if (target === undefined) return edge;
    if (/\s/.test(target.trim())) this.unfit.add('parallel states');
    const to = this.#paths.get(target.trim());
    if (to === undefined) this.unfit.add('a target that is not there');
    const from = this.#paths.get(state.attributes.id ?? '') ?? '';
    // A transition of SCXML leaves its source unless it says `internal` and leads below it.
    const inside = type === 'internal' && to?.startsWith(`${from}.`) === true;
    return { ...edge, target: `#m.${to ?? ''}`, reenter: !inside };
  }

  #initial(state: Element): string {
    const children = state.children.filter(({ name }) => STATES.has(name));
    const element = state.children.find(({ name }) => name === 'initial');
    const transition = element?.children.find(({ name }) => name === 'transition');
    if (this.#actions(transition).length > 0) this.unfit.add('actions of an initial transition');
    const first = children[0]?.attributes.id ?? '';
    const named = (state.attributes.initial ?? transition?.attributes.target ?? first).trim();
    if (!children.some(({ attributes }) => attributes.id === named)) {
      this.unfit.add('an initial state that is no child');
    }
    return named;
  }

  states(parent: Element): Record<string, StateDefinition> {
    return Object.fromEntries(
      parent.children
        .filter(({ name }) => STATES.has(name))
        .map((state) => [state.attributes.id ?? '', this.#state(state)]),
    );
  }

  #state(state: Element): StateDefinition {
    const on: Record<string, Edge[]> = {};
    const always: Edge[] = [];
    const onDone: Edge[] = [];
    for (const transition of state.children.filter(({ name }) => name === 'transition')) {
      const edge = this.#edge(state, transition);
      const { event } = transition.attributes;
      if (event === undefined) {
        always.push(edge);
        if (edge.target === undefined) this.unfit.add('data model');
      }
      for (const descriptor of event?.trim().split(/\s+/) ?? []) {
        if (descriptor === `done.state.${state.attributes.id}`) onDone.push(edge);
        else if (descriptor.startsWith('done') || descriptor.startsWith('error')) {
          this.unfit.add('events of the platform');
        }
      }
      for (const name of this.#events) {
        const meant = event
          ?.trim()
          .split(/\s+/)
          .some((one) => matches(one, name));
        if (meant) on[name] = [...(on[name] ?? []), edge];
      }
    }
    const compound = state.children.some(({ name }) => STATES.has(name));
    return {
      ...(state.name === 'final' ? { type: 'final' } : {}),
      ...(compound
        ? { initial: this.#initial(state), states: this.states(state) }
        : { phase: 'bot' }),
      entry: this.#container(state, 'onentry'),
      exit: this.#container(state, 'onexit'),
      on,
      ...(always.length > 0 ? { always } : {}),
      ...(onDone.length > 0 ? { onDone } : {}),
    };
  }

  initialOf(root: Element): string {
    if (root.children.some(({ name }) => name === 'transition')) {
      this.unfit.add('transitions of the root');
    }
    return this.#initial(root);
  }
}

const say = (outgoing: Outgoing) => ({ type: 'say', params: { line: lineOf(outgoing) } }) as const;

/** @param sent events that come from outside */
export function translate(root: Element, sent: readonly string[]): Translation {
  const translator = new Translator(root, sent);
  const flow = {
    id: 'm',
    initial: translator.initialOf(root),
    delays: {},
    states: translator.states(root),
  };
  return { flow, unfit: translator.unfit };
}
