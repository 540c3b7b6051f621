import { Client } from 'pg';
import type { Chance } from '../chance.ts';
import type { Fault } from '../history.ts';
import type { World } from '../world/world.ts';

/** A fault that has begun. */
export interface Begun {
  target: string;
  about?: Record<string, unknown>;
  /** Mends it; resolves when what was broken works again. */
  end(): Promise<unknown>;
}

export interface FaultKind {
  /** How long it lasts, ms. */
  lasts: readonly [number, number];
  begin(world: World, chance: Chance): Promise<Begun>;
}

function some<T>(list: readonly T[], chance: Chance): T[] {
  const share = chance.odds(0.3) ? 1 : 0.5;
  const chosen = list.filter(() => chance.odds(share));
  return chosen.length > 0 ? chosen : list.slice(0, 1);
}

function oneOf<T>(list: readonly T[], chance: Chance): T {
  const found = chance.pick(list);
  if (found === undefined) throw new Error('there is nothing to break');
  return found;
}

/** Somebody outside the desk, at the database. */
async function outsider(world: World): Promise<Client | null> {
  const client = new Client({ connectionString: world.databaseUrl, application_name: 'nemesis' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    // PostgreSQL is down, or full: another fault came first.
    return null;
  }
}

const HELD_ROWS = `SELECT id FROM conversation WHERE workspace_id = $1 AND closed_at IS NULL
  ORDER BY random() LIMIT 5 FOR UPDATE SKIP LOCKED`;

const OUST_NODES = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name LIKE 'parlour%' AND pid <> pg_backend_pid()`;

/** Whatever the nodes ask waits, so that soon every connection of their pools is lent out. */
async function lockTables(world: World): Promise<Begun> {
  const client = await outsider(world);
  const about = { locked: false };
  try {
    await client?.query('BEGIN');
    await client?.query('LOCK TABLE conversation, event, member_state IN ACCESS EXCLUSIVE MODE');
    about.locked = client !== null;
  } catch {
    // PostgreSQL went down meanwhile.
  }
  return { target: 'postgres', about, end: async () => client?.end().catch(() => undefined) };
}

/** The nodes lose their connections, and find no room for new ones. */
async function takeConnections(world: World): Promise<Begun> {
  const filling: Client[] = [];
  const first = await outsider(world);
  await first?.query(OUST_NODES).catch(() => undefined);
  for (let more = first; more; more = await outsider(world)) filling.push(more);
  return {
    target: 'postgres',
    about: { connections: filling.length },
    end: () => Promise.allSettled(filling.map((client) => client.end())),
  };
}

const named = (lines: readonly { name: string }[]) => lines.map(({ name }) => name).join(' ');

export const FAULT_KINDS: Record<Fault, FaultKind> = {
  kill_desk: {
    lasts: [0, 0],
    async begin({ nodes }, chance) {
      const node = oneOf(nodes, chance);
      node.kill();
      return { target: node.name, end: () => node.ready() };
    },
  },
  kill_postgres: {
    lasts: [200, 2_000],
    async begin({ postgres }) {
      await postgres.kill();
      return { target: 'postgres', end: () => postgres.restart() };
    },
  },
  stop_desk: {
    lasts: [20_000, 20_000],
    async begin({ nodes }, chance) {
      const node = oneOf(nodes, chance);
      node.freeze();
      return { target: node.name, end: async () => node.proceed() };
    },
  },
  kill_redis: {
    lasts: [300, 3_000],
    async begin({ redis }) {
      await redis?.kill();
      return { target: 'redis', end: async () => redis?.restart() };
    },
  },
  cut: {
    lasts: [0, 1_500],
    async begin({ lines }, chance) {
      const chosen = some(lines, chance);
      const lingering = chance.odds(0.5);
      for (const line of chosen) {
        line.refuse(true);
        line.cut(lingering);
      }
      return {
        target: named(chosen),
        about: { lingering },
        end: async () => {
          for (const line of chosen) line.refuse(false);
        },
      };
    },
  },
  delay: {
    lasts: [2_000, 8_000],
    async begin({ lines }, chance) {
      const chosen = some(lines, chance);
      const mostMs = chance.between(50, 900);
      for (const line of chosen) line.delay(mostMs);
      return {
        target: named(chosen),
        about: { mostMs },
        end: async () => {
          for (const line of chosen) line.delay(0);
        },
      };
    },
  },
  duplicate: {
    lasts: [500, 3_000],
    async begin({ lines }, chance) {
      const chosen = some(lines, chance);
      let replayed = 0;
      const again = () => {
        if (oneOf(chosen, chance).replay()) replayed += 1;
      };
      const timer = setInterval(again, 150);
      const about = { replayed: 0 };
      return {
        target: named(chosen),
        about,
        end: async () => {
          clearInterval(timer);
          about.replayed = replayed;
        },
      };
    },
  },
  half_open: {
    lasts: [500, 6_000],
    async begin({ lines }, chance) {
      const chosen = some(lines, chance);
      const swallowing = chance.odds(0.5);
      for (const line of chosen) {
        line.freeze();
        line.swallow(swallowing);
      }
      return {
        target: named(chosen),
        about: { swallowing },
        end: async () => {
          for (const line of chosen) line.swallow(false);
        },
      };
    },
  },
  skew_clock: {
    lasts: [4_000, 15_000],
    async begin({ nodes }, chance) {
      const node = oneOf(nodes, chance);
      const ms = (chance.odds(0.5) ? 1 : -1) * chance.between(500, 600_000);
      const drift = chance.between(-200, 200);
      node.skew(ms, drift);
      return {
        target: node.name,
        about: { ms, drift },
        // A clock that is set right jumps back, too.
        end: async () => node.skew(0, 0),
      };
    },
  },
  hold_rows: {
    lasts: [1_000, 6_000],
    async begin(world) {
      const client = await outsider(world);
      if (!client) return { target: 'postgres', about: { held: 0 }, end: async () => undefined };
      const about = { held: 0 };
      try {
        await client.query('BEGIN');
        about.held = (await client.query(HELD_ROWS, [world.team.workspaceId])).rows.length;
      } catch {
        // PostgreSQL went down meanwhile, and the rows are free.
      }
      return { target: 'postgres', about, end: () => client.end().catch(() => undefined) };
    },
  },
  fill_pool: {
    lasts: [500, 4_000],
    begin: (world, chance) => (chance.odds(0.6) ? lockTables(world) : takeConnections(world)),
  },
  upgrade: {
    lasts: [0, 0],
    async begin({ nodes, rollout }) {
      const about: { codes: (number | null)[] } = { codes: [] };
      return {
        target: named(nodes),
        about,
        end: async () => {
          about.codes = await rollout.toNext();
        },
      };
    },
  },
};
