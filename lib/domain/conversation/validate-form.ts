import { type Chart, chainOf, type Node } from './chart.ts';
import type { FlowDefinition } from './definition.ts';
import { followUps, handlersOf, leafOf, reachableRests, restsAfter } from './reach.ts';
import type { FlowIssue } from './validate.ts';

const at = (node: Node, part = '') =>
  `states.${node.path.replaceAll('.', '.states.')}${part === '' ? '' : `.${part}`}`;

function nodeIssues(node: Node): FlowIssue[] {
  const issues: FlowIssue[] = [];
  const add = (part: string, message: string, hint: string) =>
    issues.push({ path: at(node, part), message, hint });
  const leaf = node.children.size === 0;
  if (leaf && node.phase === null) {
    add('phase', 'A state without inner states needs a phase.', 'Choose the phase it stands for.');
  }
  if (!leaf && node.phase !== null) {
    add(
      'phase',
      'A state with inner states has no phase of its own.',
      'Give it to the inner ones.',
    );
  }
  if (!leaf && node.final) {
    add('type', 'A final state has no inner states.', 'Remove them, or the type.');
  }
  const leads =
    node.always.length + node.after.length + node.onDone.length + Object.keys(node.on).length > 0;
  if (node.final && leads) {
    add('type', 'Nothing leads out of a final state.', 'Remove its transitions.');
  }
  const outermost = node.parent?.path === '';
  if (leaf && (node.phase === 'closed') !== (node.final && outermost)) {
    add('type', 'Exactly the outermost final states are closed.', 'Set both, or neither (I10).');
  }
  if (node.onDone.length > 0 && ![...node.children.values()].some((child) => child.final)) {
    add(
      'onDone',
      'It never happens: no inner state is final.',
      'Make one final, or remove onDone.',
    );
  }
  if (leaf && node.final && !outermost && (node.parent?.onDone.length ?? 0) === 0) {
    add('type', 'A conversation would be stuck here.', 'Add onDone to the state around it.');
  }
  if (leaf && node.final && node.chain.some((around) => around.always.length > 0)) {
    add(
      'type',
      'A transition without an event around it would come before its end is noticed (V3).',
      'Move that transition to the states beside it, or lead onDone where it leads.',
    );
  }
  if (leaf) {
    const names = chainOf(node).flatMap((one) => one.after.map((delay) => delay.name));
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
      add(`after.${name}`, `The delay "${name}" runs here twice at once.`, 'Name another delay.');
    }
  }
  return issues;
}

/** Edges without an event that may run in a circle: guards cannot change while they are taken. */
function loops(chart: Chart): FlowIssue[] {
  const issues: FlowIssue[] = [];
  const done = new Set<Node>();
  function visit(leaf: Node, trail: Node[]): void {
    if (trail.includes(leaf)) {
      const names = [...trail.slice(trail.indexOf(leaf)), leaf].map((node) => node.path);
      issues.push({
        path: at(leaf, 'always'),
        message: `Transitions without an event run in a circle: ${names.join(' → ')}.`,
        hint: 'Let one of them wait for an event or a delay.',
      });
      return;
    }
    if (done.has(leaf)) return;
    for (const edge of followUps(leaf).edges) {
      // Without a target it stays, and is taken again for ever.
      visit(edge.target ? leafOf(edge.target) : leaf, [...trail, leaf]);
    }
    done.add(leaf);
  }
  for (const node of chart.nodes.values()) if (node.children.size === 0) visit(node, []);
  return issues;
}

function reachIssues(chart: Chart, rests: ReadonlySet<Node>): FlowIssue[] {
  const issues: FlowIssue[] = [];
  const visited = new Set<Node>();
  for (const start of [chart.root, ...rests]) {
    const targets =
      start === chart.root ? [start] : handlersOf(start).map(({ edge }) => edge.target);
    for (const target of targets) if (target) passThrough(target, visited);
  }
  for (const node of chart.nodes.values()) {
    if (node.children.size > 0 || visited.has(node)) continue;
    issues.push({
      path: at(node),
      message: 'Nothing leads to this state.',
      hint: 'Add a transition to it, or remove it.',
    });
  }
  for (const leaf of rests) {
    if (leaf.phase === 'closed' || canClose(leaf)) continue;
    issues.push({
      path: at(leaf),
      message: 'A conversation that comes here can never be closed.',
      hint: 'Add a way that ends in a closed state.',
    });
  }
  return issues;
}

/** Every leaf on the way, those it only passes through too. */
function passThrough(node: Node, visited: Set<Node>): void {
  const leaf = leafOf(node);
  if (visited.has(leaf)) return;
  visited.add(leaf);
  for (const edge of followUps(leaf).edges) if (edge.target) passThrough(edge.target, visited);
}

function canClose(from: Node): boolean {
  const seen = new Set<Node>([from]);
  const open = [from];
  for (let leaf = open.pop(); leaf; leaf = open.pop()) {
    if (leaf.phase === 'closed') return true;
    for (const { edge } of handlersOf(leaf)) {
      for (const rest of edge.target ? restsAfter(edge.target) : []) {
        if (!seen.has(rest)) open.push(rest);
        seen.add(rest);
      }
    }
  }
  return false;
}

/** What is wrong with the form of a flow, whatever its phases mean. */
export function formIssues(definition: FlowDefinition, chart: Chart): FlowIssue[] {
  const issues = [...chart.nodes.values()].flatMap(nodeIssues);
  const used = new Set(
    [...chart.nodes.values()].flatMap((n) => n.after.map((delay) => delay.name)),
  );
  for (const name of Object.keys(definition.delays)) {
    if (used.has(name)) continue;
    issues.push({
      path: `delays.${name}`,
      message: 'No state uses this delay.',
      hint: 'Use it in an `after`, or remove it.',
    });
  }
  const circles = loops(chart);
  return circles.length > 0
    ? [...issues, ...circles]
    : [...issues, ...reachIssues(chart, reachableRests(chart.root))];
}
