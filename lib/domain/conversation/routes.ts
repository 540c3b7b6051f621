import type { ActionDefinition } from './actions.ts';
import { type ChartDelay, type ChartEdge, isInside, type Node } from './chart.ts';

/** What one transition does, whoever takes it: it follows from the chart alone. */
export interface Route {
  /** Where it leads. */
  leaf: Node;
  /** The leaf it was taken from was exited. */
  left: boolean;
  /** Exits from the inside out, the transition's own, entries from the outside in (S2). */
  actions: readonly ActionDefinition[];
  /** Delays of the states it leaves. */
  ended: readonly string[];
  /** Delays of the states it enters. */
  started: readonly ChartDelay[];
  /** The state whose final child it enters; its onDone is asked when nothing else follows. */
  completes: Node | null;
}

/** The state that is neither left nor entered: XState v5's transition domain. */
function domainOf(edge: ChartEdge, target: Node): Node | null {
  if (!edge.reenter && isInside(target, edge.source)) return edge.source;
  let domain: Node | null = edge.source.parent;
  while (domain && !(isInside(target, domain) && domain !== target)) domain = domain.parent;
  return domain;
}

/** States entered from `domain` down to `target`, then its initial ones. */
function down(domain: Node, target: Node): Node[] {
  const path: Node[] = [];
  for (let node: Node = target; node !== domain && node.parent; node = node.parent) path.push(node);
  path.reverse();
  for (let leaf = target; leaf.initial; ) {
    leaf = leaf.initial;
    path.push(leaf);
  }
  return path;
}

function routeBetween(
  from: readonly Node[],
  own: readonly ActionDefinition[],
  to: readonly Node[],
  leaf: Node,
): Route {
  const ends = leaf.final && leaf.parent?.path === '' && to.length > 0;
  return {
    leaf,
    left: from.length > 0,
    actions: [
      ...from.flatMap((node) => node.exit),
      ...own,
      ...to.flatMap((node) => node.entry),
      // Nothing leaves it any more, so it is left when it is entered, as in XState and SCXML.
      ...(ends ? leaf.exit : []),
    ],
    ended: from.flatMap((node) => node.after.map(({ name }) => name)),
    started: to.flatMap((node) => node.after),
    completes: leaf.final && !ends && to.length > 0 ? leaf.parent : null,
  };
}

function computed(from: Node, edge: ChartEdge): Route {
  const { target } = edge;
  const domain = target ? domainOf(edge, target) : null;
  if (!target || !domain) return routeBetween([], edge.actions, [], from);
  const up = from.chain.slice(0, domain.depth === 0 ? undefined : from.chain.indexOf(domain));
  const path = down(domain, target);
  return routeBetween(up, edge.actions, path, path.at(-1) ?? from);
}

/** Of a chart that does not change, so it is computed once; the chart takes its routes with it. */
const known = new WeakMap<ChartEdge, Map<Node, Route>>();

/** What taking `edge` from the leaf `from` does. */
export function routeOf(from: Node, edge: ChartEdge): Route {
  let routes = known.get(edge);
  if (!routes) {
    routes = new Map();
    known.set(edge, routes);
  }
  let route = routes.get(from);
  if (!route) {
    route = computed(from, edge);
    routes.set(from, route);
  }
  return route;
}

/** What entering a flow does. */
export const openingRoute = (root: Node): Route => {
  const path = down(root, root);
  return routeBetween([], [], path, path.at(-1) ?? root);
};
