import { askerOf, type Graph, type Place, type Way } from './graph.ts';

/** What of a way members can tell: who asks, whether it overrides, whether it is the news of a loss. */
function labelOf({ event, after }: Way): string {
  const news = event.type === 'owner.lost' || event.type === 'target.lost' ? event : null;
  const override = event.type === 'agent.took' && event.override;
  return JSON.stringify([askerOf(event), override, news, after === null]);
}

const seen = ({ snapshot }: Place) =>
  JSON.stringify([
    snapshot.ownerId,
    snapshot.targetMemberId,
    snapshot.live,
    snapshot.phase === 'transferring',
    snapshot.phase === 'closed',
  ]);

/**
 * The same graph with those places made one that nobody can tell apart by who holds the conversation,
 * now and after whatever may happen (bisimulation, refined until nothing more splits). What two of them
 * do to two members' loads is the same as before.
 */
export function merged({ places, broken }: Graph): Graph {
  let colours = places.map(seen);
  for (let count = 0; count !== new Set(colours).size; ) {
    count = new Set(colours).size;
    const names = new Map<string, string>();
    colours = places.map((place, index) => {
      const ways = new Set(place.ways.map((way) => `${labelOf(way)}>${colours[way.to]}`));
      const name = `${colours[index]}|${[...ways].sort().join()}`;
      if (!names.has(name)) names.set(name, String(names.size));
      return names.get(name) ?? '';
    });
  }
  const first = new Map<string, number>();
  for (const colour of colours) if (!first.has(colour)) first.set(colour, first.size);
  const number = (index: number) => first.get(colours[index] ?? '') ?? -1;
  const kept: Place[] = [];
  for (const [index, place] of places.entries()) {
    if (kept[number(index)]) continue;
    const ways = new Map(place.ways.map((way) => [`${labelOf(way)}>${number(way.to)}`, way]));
    kept[number(index)] = {
      snapshot: place.snapshot,
      ways: [...ways.values()].map((way) => ({ ...way, to: number(way.to) })),
    };
  }
  return { places: kept, broken };
}
