import type { Edge, FlowDefinition, StateDefinition } from '../../definition.ts';
import {
  type ChartSketch,
  DELAYS,
  type EdgeSketch,
  lineOf,
  type StateSketch,
} from './arbitrary-chart.ts';

/** A place in the tree while the definition is put together. */
interface Place {
  path: string;
  parent: Place | null;
  children: Place[];
  /** The leaf that entering it leads to. */
  leaf: Place;
  definition: StateDefinition;
}

const say = (...names: string[]) =>
  names.map((name) => ({ type: 'say', params: { line: lineOf(name) } }) as const);
const numbered = (name: string, count: number) =>
  say(...Array.from({ length: count }, (_, index) => `${name} ${index}`));

function placesOf(sketches: readonly StateSketch[], parent: Place | null, start = -1): Place[] {
  return sketches.map((sketch, index) => {
    const key = `s${index}`;
    const path = parent ? `${parent.path}.${key}` : key;
    const definition: StateDefinition = {
      entry: numbered(`enter ${path}`, sketch.entry),
      exit: numbered(`leave ${path}`, sketch.exit),
    };
    const place = { path, parent, children: [], definition } as unknown as Place;
    place.leaf = place;
    place.children = placesOf(sketch.children, place);
    if (place.children.length > 0) {
      const first = place.children[sketch.initial % place.children.length] as Place;
      definition.initial = first.path.slice(path.length + 1);
      place.leaf = first.leaf;
      definition.states = Object.fromEntries(
        place.children.map((child) => [child.path.slice(path.length + 1), child.definition]),
      );
    } else {
      const final = sketch.final && index !== start;
      definition.phase = final && parent === null ? 'closed' : 'bot';
      if (final) definition.type = 'final';
    }
    return place;
  });
}

const withAllBelow = (place: Place): Place[] => [place, ...place.children.flatMap(withAllBelow)];
const leavesOf = (place: Place): Place[] =>
  withAllBelow(place).filter((one) => one.children.length === 0);
function around(place: Place): Place[] {
  return place.parent ? [place.parent, ...around(place.parent)] : [];
}

const endsInside = ({ children }: Place) =>
  children.some(({ definition }) => definition.type === 'final');

/** As the definition names it from where it stands; `#m.path` always serves. */
function nameOf(source: Place, target: Place, absolute: boolean): string {
  const below = `${source.path}.`;
  if (!absolute && target.path.startsWith(below)) return `.${target.path.slice(below.length)}`;
  const beside = source.parent ? `${source.parent.path}.` : '';
  if (!absolute && target.path.startsWith(beside) && target.path !== beside) {
    return target.path.slice(beside.length);
  }
  return `#m.${target.path}`;
}

/** Transitions without an event, from leaf to leaf: a chart in which they run in a circle hangs XState. */
class Unprompted {
  readonly #next = new Map<Place, Set<Place>>();

  /** Adds the way unless it would close a circle, and says whether it did. */
  add(from: readonly Place[], to: Place): boolean {
    if (from.some((leaf) => this.#leads(to, leaf))) return false;
    for (const leaf of from) {
      const next = this.#next.get(leaf) ?? new Set();
      this.#next.set(leaf, next.add(to));
    }
    return true;
  }

  #leads(from: Place, to: Place): boolean {
    return from === to || [...(this.#next.get(from) ?? [])].some((one) => this.#leads(one, to));
  }
}

function put(source: Place, { trigger }: EdgeSketch, edge: Edge): void {
  const { definition } = source;
  if (trigger === 'always' || trigger === 'onDone') {
    definition[trigger] = [...((definition[trigger] as Edge[] | undefined) ?? []), edge];
    return;
  }
  if ('on' in trigger) {
    definition.on ??= {};
    const { on } = definition;
    on[trigger.on] = [...((on[trigger.on] as Edge[] | undefined) ?? []), edge];
    return;
  }
  definition.after ??= {};
  const { after } = definition;
  after[trigger.after] = [...((after[trigger.after] as Edge[] | undefined) ?? []), edge];
}

/** Whether the transition may stand there (V1, V3, V7). */
function fits(source: Place, { trigger }: EdgeSketch, target: Place | null, ways: Unprompted) {
  if (source.definition.type === 'final') return false;
  if (trigger === 'always') return target !== null && ways.add(leavesOf(source), target.leaf);
  if (trigger === 'onDone') {
    // It may be taken from wherever the state around is by then.
    return target !== null && ways.add(leavesOf(source), target.leaf);
  }
  if ('on' in trigger) return true;
  return ![...around(source), ...withAllBelow(source).slice(1)].some(
    (other) => other.definition.after && trigger.after in other.definition.after,
  );
}

/** The definition of a sketch, for both engines. */
export function flowOf(sketch: ChartSketch): FlowDefinition {
  const start = sketch.initial % sketch.states.length;
  const outermost = placesOf(sketch.states, null, start);
  const places = outermost.flatMap(withAllBelow);
  const ways = new Unprompted();
  for (const [index, edge] of sketch.edges.entries()) {
    const sources = edge.trigger === 'onDone' ? places.filter(endsInside) : places;
    const source = sources[edge.source % sources.length];
    const target = edge.target === null ? null : (places[edge.target % places.length] as Place);
    if (!source || !fits(source, edge, target, ways)) continue;
    put(source, edge, {
      ...(target ? { target: nameOf(source, target, edge.absolute) } : {}),
      ...(edge.guard
        ? { guard: { type: 'memory', params: { key: edge.guard.condition, is: edge.guard.is } } }
        : {}),
      ...(edge.reenter ? { reenter: true } : {}),
      actions: numbered(`take ${index}`, edge.actions),
    });
  }
  return {
    id: 'm',
    initial: `s${start}`,
    delays: Object.fromEntries(DELAYS.map((name) => [name, { ms: 60_000, base: 'entered' }])),
    states: Object.fromEntries(outermost.map((place) => [place.path, place.definition])),
  };
}
