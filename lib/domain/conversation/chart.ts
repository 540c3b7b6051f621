import type { ActionDefinition } from './actions.ts';
import type { Delay, Edges, FlowDefinition, StateDefinition } from './definition.ts';
import { compileGuard, type Guard } from './guards.ts';
import type { FlowEvent, FlowEventType, Phase } from './model.ts';
import { hasTarget } from './phases.ts';

/** A state of a compiled flow. */
export interface Node {
  /** `outer.inner`; empty for the root. Stored as the snapshot's state. */
  path: string;
  parent: Node | null;
  depth: number;
  children: ReadonlyMap<string, Node>;
  initial: Node | null;
  final: boolean;
  phase: Phase | null;
  live: boolean;
  entry: readonly ActionDefinition[];
  exit: readonly ActionDefinition[];
  on: Partial<Record<FlowEventType, readonly ChartEdge[]>>;
  always: readonly ChartEdge[];
  onDone: readonly ChartEdge[];
  after: readonly ChartDelay[];
  /** Itself, its parent, … without the root: the order in which handlers are asked. */
  chain: readonly Node[];
  /** Edges of the chain in the order they are asked, by trigger: an event's type, `after:<delay>`, `always`. */
  asked: ReadonlyMap<string, readonly ChartEdge[]>;
}

export interface ChartEdge {
  source: Node;
  target: Node | null;
  reenter: boolean;
  guard: Guard | null;
  actions: readonly ActionDefinition[];
}

export interface ChartDelay {
  name: string;
  delay: Delay;
  /** It ends an offer or transfer. */
  hold: boolean;
  edges: readonly ChartEdge[];
}

export interface Chart {
  id: string;
  root: Node;
  /** Every state but the root, by path. */
  nodes: ReadonlyMap<string, Node>;
}

/** What a chart could not be built from. */
export interface ChartProblem {
  path: string;
  message: string;
  hint: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function edgeList(edges: Edges | undefined): Exclude<Edges, string | unknown[]>[] {
  if (edges === undefined) return [];
  if (typeof edges === 'string') return [{ target: edges }];
  return Array.isArray(edges) ? edges : [edges];
}

/**
 * Builds the tree and resolves every name. Problems are collected, not thrown: the chart is usable
 * only when there are none.
 */
export function buildChart(flow: FlowDefinition): { chart: Chart; problems: ChartProblem[] } {
  const problems: ChartProblem[] = [];
  const nodes = new Map<string, Node>();
  const later: (() => void)[] = [];

  function pathOf(parent: Node | null, key: string): string {
    return parent && parent.path !== '' ? `${parent.path}.${key}` : key;
  }

  function find(from: Node, path: string): Node | null {
    let node: Node | undefined = from;
    for (const key of path.split('.')) node = node?.children.get(key);
    return node ?? null;
  }

  function resolve(source: Node, target: string): Node | null {
    if (target.startsWith('.')) return find(source, target.slice(1));
    if (target.startsWith('#')) {
      const [id, ...rest] = target.slice(1).split('.');
      return id === flow.id && rest.length > 0 ? find(root, rest.join('.')) : null;
    }
    return source.parent ? find(source.parent, target) : null;
  }

  function compileEdges(source: Node, where: string, edges: Edges | undefined): ChartEdge[] {
    return edgeList(edges).map((edge) => {
      const target = edge.target === undefined ? null : resolve(source, edge.target);
      if (edge.target !== undefined && !target) {
        problems.push({
          path: where,
          message: `There is no state "${edge.target}" as seen from here.`,
          hint: `Name a sibling, ".child" or "#${flow.id}.path".`,
        });
      }
      return {
        source,
        target,
        reenter: edge.reenter ?? false,
        guard: edge.guard ? compileGuard(edge.guard) : null,
        actions: edge.actions ?? [],
      };
    });
  }

  function compileDelay(node: Node, where: string, name: string, edges: Edges): ChartDelay {
    const delay = Object.hasOwn(flow.delays, name) ? flow.delays[name] : undefined;
    if (!delay) {
      problems.push({
        path: `${where}.after.${name}`,
        message: `There is no delay "${name}".`,
        hint: 'Add it to the flow’s delays.',
      });
    }
    return {
      name,
      delay: delay ?? { ms: 1_000, base: 'entered' },
      hold: node.phase !== null && hasTarget(node.phase),
      edges: compileEdges(node, `${where}.after.${name}`, edges),
    };
  }

  function build(parent: Node | null, key: string, state: StateDefinition): Node {
    const children = new Map<string, Node>();
    const node: Mutable<Node> = {
      path: parent ? pathOf(parent, key) : '',
      parent,
      depth: parent ? parent.depth + 1 : 0,
      children,
      initial: null,
      final: state.type === 'final',
      phase: state.phase ?? null,
      live: state.live ?? false,
      entry: state.entry ?? [],
      exit: state.exit ?? [],
      on: {},
      always: [],
      onDone: [],
      after: [],
      chain: [],
      asked: new Map(),
    };
    node.chain = parent ? [node, ...parent.chain] : [];
    if (parent) nodes.set(node.path, node);
    const where = node.path === '' ? 'flow' : `states.${node.path.replaceAll('.', '.states.')}`;
    for (const [name, child] of Object.entries(state.states ?? {})) {
      children.set(name, build(node, name, child));
    }
    if (children.size > 0) {
      node.initial = children.get(state.initial ?? '') ?? null;
      if (!node.initial) {
        problems.push({
          path: `${where}.initial`,
          message: `"${state.initial ?? ''}" is not a state inside.`,
          hint: `Choose one of ${[...children.keys()].join(', ')}.`,
        });
      }
    }
    // Targets may lie anywhere, so edges wait until every state exists.
    later.push(() => {
      for (const [type, edges] of Object.entries(state.on ?? {})) {
        node.on[type as FlowEventType] = compileEdges(node, `${where}.on.${type}`, edges);
      }
      node.always = compileEdges(node, `${where}.always`, state.always);
      node.onDone = compileEdges(node, `${where}.onDone`, state.onDone);
      node.after = Object.entries(state.after ?? {}).map(([name, edges]) =>
        compileDelay(node, where, name, edges),
      );
    });
    return node;
  }

  const root = build(null, '', { initial: flow.initial, states: flow.states });
  for (const work of later) work();
  for (const node of nodes.values()) (node as Mutable<Node>).asked = askedOf(node);
  return { chart: { id: flow.id, root, nodes }, problems };
}

function askedOf({ chain }: Node): Map<string, readonly ChartEdge[]> {
  const asked = new Map<string, ChartEdge[]>();
  const add = (trigger: string, edges: readonly ChartEdge[]) => {
    if (edges.length > 0) asked.set(trigger, [...(asked.get(trigger) ?? []), ...edges]);
  };
  for (const node of chain) {
    for (const [type, edges] of Object.entries(node.on)) add(type, edges ?? []);
    for (const { name, edges } of node.after) add(`after:${name}`, edges);
    add('always', node.always);
  }
  return asked;
}

/** What is asked for an event, nearest first. */
export function askedFor(leaf: Node, event: FlowEvent): readonly ChartEdge[] | undefined {
  return leaf.asked.get(event.type === 'timer.fired' ? `after:${event.name}` : event.type);
}

export const chainOf = (leaf: Node): readonly Node[] => leaf.chain;

export function isInside(node: Node, outer: Node): boolean {
  for (let at: Node | null = node; at; at = at.parent) if (at === outer) return true;
  return false;
}
