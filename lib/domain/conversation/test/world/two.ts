import { cannotBear, type LoadChange, loadChanges } from '../../load.ts';
import type { FlowEvent, Snapshot } from '../../model.ts';
import { ANN, BOB } from '../fixtures.ts';
import { askerOf, type Graph, type Way } from './graph.ts';

/**
 * Breadth-first search over two visitors' conversations and the two members who share them: capacity is
 * asked and booked as the append path does it under its locks, members come, go for a while and stay
 * away. Whatever one conversation can do, with late and repeated events, it does beside each state of
 * the other.
 */

const MEMBERS: readonly [string, string] = [ANN, BOB];
const BOTH = [0, 1] as const;
type Which = (typeof BOTH)[number];

/** away: within the grace period, and may still be heard; gone: past it. */
const PRESENCE = ['here', 'away', 'gone'] as const;
type Presence = (typeof PRESENCE)[number];

interface World {
  /** Index of each conversation's place in its graph. */
  at: [number, number];
  presence: [Presence, Presence];
  /** As booked, step by step. */
  load: [number, number];
  /** Past capacity by an override, which the log keeps. */
  excess: [boolean, boolean];
}

/** What the platform does beside the engine; the tests put wrong ones here. */
export interface Platform {
  changes(before: Snapshot, after: Snapshot): LoadChange[];
  cannotBear: typeof cannotBear;
  /** The news that a member's going is to a conversation; null: none of it. */
  lost(snapshot: Snapshot, memberId: string, conversation: Which): 'owner' | 'target' | null;
}

export const PLATFORM: Platform = {
  changes: loadChanges,
  cannotBear,
  lost(snapshot, memberId) {
    if (snapshot.ownerId === memberId) return 'owner';
    return snapshot.targetMemberId === memberId ? 'target' : null;
  },
};

export interface Setting {
  graphs: readonly [Graph, Graph];
  capacity: readonly [number, number];
}

export interface Found {
  law: string;
  /** The states on the shortest way there, and what happened last. */
  path: string[];
}

const holds = ({ ownerId, targetMemberId }: Snapshot, member: Which) =>
  ownerId === MEMBERS[member] || targetMemberId === MEMBERS[member];

class Search {
  readonly #setting: Setting;
  readonly #platform: Platform;
  /** Each world by its number, and the one it was first reached from. */
  readonly #from = new Map<number, number>();
  readonly #open: World[] = [];
  readonly #changes = new Map<Way, LoadChange[]>();
  readonly found: Found[] = [];
  steps = 0;

  constructor(setting: Setting, platform: Platform) {
    this.#setting = setting;
    this.#platform = platform;
  }

  get states(): number {
    return this.#from.size;
  }

  run(most: number): void {
    const start: World = {
      at: [0, 0],
      presence: ['here', 'here'],
      load: [0, 0],
      excess: [false, false],
    };
    this.#reach(start, null, 'start');
    for (let next = 0; next < this.#open.length && this.states < most; next += 1) {
      if (this.found.length >= 20) return;
      const world = this.#open[next] as World;
      for (const conversation of BOTH) {
        for (const way of this.#place(world, conversation).ways) {
          const after = this.#step(world, conversation, way);
          if (after) this.#reach(after, world, way.event.type);
        }
      }
      for (const member of BOTH) this.#comeAndGo(world, member);
    }
  }

  #place(world: World, conversation: Which) {
    const place = this.#setting.graphs[conversation].places[world.at[conversation]];
    if (!place) throw new Error('no such place');
    return place;
  }

  /** One event of one conversation under the members' locks; null: refused, nothing changed. */
  #step(world: World, conversation: Which, way: Way): World | null {
    this.steps += 1;
    const { event, after } = way;
    const asker = askerOf(event);
    if (asker !== null && world.presence[MEMBERS.indexOf(asker) as Which] === 'gone') return null;
    const at: World['at'] = [...world.at];
    at[conversation] = way.to;
    if (!after) return { ...world, at };
    const load: World['load'] = [...world.load];
    const excess: World['excess'] = [...world.excess];
    const override = event.type === 'agent.took' && event.override;
    for (const { memberId, delta } of this.#changesOf(way, after)) {
      const member = MEMBERS.indexOf(memberId) as Which;
      const bearer = {
        present: world.presence[member] === 'here',
        available: world.presence[member] === 'here',
        load: load[member],
        capacity: this.#setting.capacity[member],
      };
      const given = { self: asker === memberId, live: after.live, override };
      if (this.#platform.cannotBear(bearer, delta, given)) return null;
      load[member] += delta;
      const past = load[member] > this.#setting.capacity[member];
      excess[member] = past && (excess[member] || (override && delta > 0));
    }
    return { ...world, at, load, excess };
  }

  /** The same each time the way is gone. */
  #changesOf(way: Way, after: Snapshot): LoadChange[] {
    const known = this.#changes.get(way) ?? this.#platform.changes(way.before, after);
    this.#changes.set(way, known);
    return known;
  }

  #comeAndGo(world: World, member: Which): void {
    const is = (presence: Presence): World => {
      const both: World['presence'] = [...world.presence];
      both[member] = presence;
      return { ...world, presence: both };
    };
    const now = world.presence[member];
    const who = MEMBERS[member];
    if (now !== 'here') this.#reach(is('here'), world, `${who} comes`);
    if (now === 'here') this.#reach(is('away'), world, `${who} goes`);
    if (now === 'away') this.#reach(this.#swept(is('gone'), member), world, `${who} stays away`);
  }

  /** Both conversations hear that the member is gone. */
  #swept(world: World, member: Which): World {
    const memberId = MEMBERS[member];
    const staffed = world.presence[member === 0 ? 1 : 0] === 'here';
    return BOTH.reduce<World>((swept, conversation) => {
      const { snapshot, ways } = this.#place(swept, conversation);
      const lost = this.#platform.lost(snapshot, memberId, conversation);
      if (!lost) return swept;
      const isNews = (event: FlowEvent) =>
        event.type === `${lost}.lost` &&
        'memberId' in event &&
        event.memberId === memberId &&
        (event.type !== 'owner.lost' || event.staffed === staffed);
      const way = ways.find(({ event }) => isNews(event));
      return (way && this.#step(swept, conversation, way)) ?? swept;
    }, world);
  }

  #number({ at, presence, load, excess }: World): number {
    const [, second] = this.#setting.graphs;
    let number = at[0] * second.places.length + at[1];
    for (const member of BOTH) {
      number = number * 3 + PRESENCE.indexOf(presence[member]);
      // A booking that went wrong may be any number; near the right one is far enough.
      number = number * 32 + Math.min(Math.max(load[member] + 8, 0), 31);
      number = number * 2 + (excess[member] ? 1 : 0);
    }
    return number;
  }

  #reach(world: World, from: World | null, why: string): void {
    const number = this.#number(world);
    if (this.#from.has(number)) return;
    this.#from.set(number, from ? this.#number(from) : -1);
    this.#open.push(world);
    for (const law of this.#broken(world)) {
      this.found.push({ law, path: [...this.#path(number), why] });
    }
  }

  #broken(world: World): string[] {
    const broken: string[] = [];
    for (const member of BOTH) {
      const held = BOTH.map((conversation) => this.#place(world, conversation).snapshot).filter(
        (snapshot) => holds(snapshot, member),
      );
      const load = held.reduce((sum, { weight }) => sum + weight, 0);
      if (load !== world.load[member]) {
        broken.push(`I4: ${MEMBERS[member]} bears ${load}, booked are ${world.load[member]}`);
      }
      if (load > this.#setting.capacity[member] && !world.excess[member]) {
        broken.push(`I4: ${MEMBERS[member]} bears ${load} past capacity without an override`);
      }
      if (world.presence[member] === 'gone' && held.some(({ live }) => live)) {
        broken.push(`I9: ${MEMBERS[member]} is gone and holds what waits`);
      }
    }
    return broken;
  }

  #path(number: number): string[] {
    const path: string[] = [];
    const names = new Map(this.#open.map((world) => [this.#number(world), world]));
    for (let at = number; at !== -1; at = this.#from.get(at) ?? -1) {
      const world = names.get(at);
      if (!world) break;
      const states = BOTH.map((conversation) => this.#place(world, conversation).snapshot.state);
      path.unshift(`${states.join(' + ')} ${world.presence.join('/')}`);
    }
    return path;
  }
}

export function searchTwo(setting: Setting, platform = PLATFORM, most = Number.POSITIVE_INFINITY) {
  const search = new Search(setting, platform);
  search.run(most);
  const { states, steps, found } = search;
  return { states, steps, found };
}
