import { mkdirSync } from 'node:fs';
import { Pool } from 'pg';
import { createMemoryStorage } from '#lib/sdk/visitor/index.ts';
import { freePort } from '#scripts/launcher/port.mjs';
import type { Chance } from '../chance.ts';
import { createMember } from '../people/member.ts';
import type { Person } from '../people/person.ts';
import { createRepeater } from '../people/repeater.ts';
import { createVisitor } from '../people/visitor.ts';
import type { Recorder } from '../recorder.ts';
import { createRollout, type Rollout } from '../upgrade/rollout.ts';
import { type Line, openLine } from './line.ts';
import { type DeskNode, startNode } from './node.ts';
import { type ChaosPostgres, startPostgres } from './postgres.ts';
import { type ChaosRedis, startRedis } from './redis.ts';
import { makeTeam, type Team } from './team.ts';

const PUBLIC_URL = 'http://desk.example';
/** 32 characters at least; the world ends with the run. */
const SECRET = 'the secret of a world that is about to break';

export interface Size {
  nodes: number;
  visitors: number;
  agents: number;
}

/** Everything a run breaks and mends. */
export interface World {
  /** The runner's own connections; they are lost with PostgreSQL and come back. */
  pool: Pool;
  databaseUrl: string;
  team: Team;
  postgres: ChaosPostgres;
  redis: ChaosRedis | null;
  nodes: DeskNode[];
  lines: Line[];
  people: Person[];
  rollout: Rollout;
  /** SIGTERM to every node; their exit codes. */
  stopNodes(): Promise<(number | null)[]>;
  close(): Promise<void>;
}

function observerPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 });
  // Lost connections are what the run is about; whoever asks next gets a new one.
  pool.on('error', () => undefined);
  return pool;
}

export async function startWorld(
  folder: string,
  size: Size,
  chance: Chance,
  recorder: Recorder,
): Promise<World> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const work of undo.splice(0).reverse()) await work();
  };
  try {
    mkdirSync(folder, { recursive: true });
    const postgres = await startPostgres(folder);
    undo.push(() => postgres.stop());
    const redis = await startRedis(folder);
    undo.push(async () => redis?.stop());
    const pool = observerPool(postgres.url);
    undo.push(() => pool.end());
    const team = await makeTeam(pool, SECRET, size.agents);

    const nodes: DeskNode[] = [];
    for (let i = 0; i < size.nodes; i++) {
      const node = startNode({
        name: `desk-${i}`,
        port: await freePort(),
        folder,
        env: {
          NODE_ENV: 'production',
          DATABASE_URL: postgres.url,
          ...(redis && { REDIS_URL: redis.url }),
          PARLOUR_DATA: folder,
          PARLOUR_SECRET: SECRET,
          PUBLIC_URL,
          TRUST_PROXY: '1',
          LOG_LEVEL: 'info',
        },
      });
      nodes.push(node);
      undo.push(() => node.stop());
    }
    await Promise.all(nodes.map((node) => node.ready()));

    const rollout = createRollout({
      nodes,
      databaseUrl: postgres.url,
      folder,
      chance: chance.fork('pages'),
    });
    const protocolOf = (name: string) => () => rollout.pageProtocol(name);
    const lines: Line[] = [];
    const ports = nodes.map((node) => node.port);
    const newLine = async (name: string) => {
      const line = await openLine(name, ports, chance.fork(`line ${name}`));
      lines.push(line);
      undo.push(() => line.close());
      return `http://127.0.0.1:${line.port}`;
    };
    const people: Person[] = [];
    const add = (person: Person) => {
      people.push(person);
      undo.push(async () => person.destroy());
    };
    let address = 0;
    const sender = () => ({ origin: PUBLIC_URL, address: `10.0.0.${++address}` });
    for (const member of team.members) {
      const { name, cookie } = member;
      const url = await newLine(name);
      add(
        createMember({
          url,
          protocol: protocolOf(name),
          team,
          member,
          sender: { ...sender(), cookie },
          chance: chance.fork(name),
          recorder,
        }),
      );
    }
    for (let i = 0; i < size.visitors; i++) {
      const storage = createMemoryStorage();
      // Every fourth visitor has two tabs.
      const tabs = i % 4 === 3 ? ['a', 'b'] : [''];
      for (const tab of tabs) {
        const name = `visitor-${i}${tab}`;
        const url = await newLine(name);
        const { channelKey } = team;
        add(
          createVisitor({
            name,
            url,
            protocol: protocolOf(name),
            channelKey,
            sender: sender(),
            storage,
            rates: tab !== 'b',
            chance: chance.fork(name),
            recorder,
          }),
        );
      }
    }
    const url = await newLine('repeater');
    add(
      createRepeater({
        name: 'repeater',
        url,
        channelKey: team.channelKey,
        sender: sender(),
        chance: chance.fork('repeater'),
        recorder,
      }),
    );

    return {
      pool,
      databaseUrl: postgres.url,
      team,
      postgres,
      redis,
      nodes,
      lines,
      people,
      rollout,
      stopNodes: () => Promise.all(nodes.map((node) => node.stop())),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
