import { type ChartEdge, chainOf, type Node } from './chart.ts';
import type { FlowEventType } from './model.ts';

/** Where states lead, read off the chart without running it: guards count as possibly true. */

/** The leaf that entering `node` leads to before anything follows of itself. */
export function leafOf(node: Node): Node {
  let leaf = node;
  while (leaf.initial) leaf = leaf.initial;
  return leaf;
}

/** Edges taken without an event from a leaf; `sure`: one of them is always taken. */
export function followUps(leaf: Node): { edges: ChartEdge[]; sure: boolean } {
  const edges: ChartEdge[] = [];
  for (const node of chainOf(leaf)) {
    for (const edge of node.always) {
      edges.push(edge);
      if (edge.guard === null) return { edges, sure: true };
    }
  }
  const parent = leaf.parent;
  if (leaf.final && parent && parent.path !== '') {
    edges.push(...parent.onDone);
    return { edges, sure: parent.onDone.some((edge) => edge.guard === null) };
  }
  return { edges, sure: false };
}

/** Leaves in which the machine may rest after entering `node`. */
export function restsAfter(node: Node, seen = new Set<Node>()): Set<Node> {
  const leaf = leafOf(node);
  const rests = new Set<Node>();
  if (seen.has(leaf)) return rests;
  seen.add(leaf);
  const { edges, sure } = followUps(leaf);
  if (!sure) rests.add(leaf);
  for (const edge of edges) {
    if (!edge.target) continue;
    for (const rest of restsAfter(edge.target, seen)) rests.add(rest);
  }
  return rests;
}

export interface Handler {
  edge: ChartEdge;
  /** Event type or `after:<delay>`. */
  trigger: string;
}

/** Every edge an event or timer may take from a leaf, nearest first. */
export function handlersOf(leaf: Node): Handler[] {
  const found: Handler[] = [];
  for (const node of chainOf(leaf)) {
    for (const [type, edges] of Object.entries(node.on)) {
      for (const edge of edges ?? []) found.push({ edge, trigger: type });
    }
    for (const { name, edges } of node.after) {
      for (const edge of edges) found.push({ edge, trigger: `after:${name}` });
    }
  }
  return found;
}

/** Whether an event certainly moves a conversation on that rests in `leaf`. */
export function surelyLeaves(leaf: Node, type: FlowEventType): boolean {
  for (const node of chainOf(leaf)) {
    for (const edge of node.on[type] ?? []) {
      if (edge.guard === null) return edge.target !== null;
    }
  }
  return false;
}

/** All leaves in which a conversation may ever rest. */
export function reachableRests(root: Node): Set<Node> {
  const found = new Set<Node>(restsAfter(root));
  const open = [...found];
  for (let leaf = open.pop(); leaf; leaf = open.pop()) {
    for (const { edge } of handlersOf(leaf)) {
      if (!edge.target) continue;
      for (const rest of restsAfter(edge.target)) {
        if (found.has(rest)) continue;
        found.add(rest);
        open.push(rest);
      }
    }
  }
  return found;
}
