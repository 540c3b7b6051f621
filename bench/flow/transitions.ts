import type { Pool } from 'pg';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import {
  type Conversations,
  createConversations,
  type MemberCtx,
} from '#server/conversation/index.ts';
import { Ledger } from '../append/ledger.ts';
import {
  addVisitors,
  type Desk,
  inParallel,
  makeDesk,
  openAll,
  patiently,
  run,
  type Talker,
} from '../append/people.ts';

/** What a served conversation goes through, again and again. */
const TURN = ['offer', 'accept', 'transfer', 'accept transfer', 'return'] as const;
type Move = (typeof TURN)[number];

/** A conversation that is led from one state to the next, by what was acknowledged. */
interface Walker {
  talker: Talker;
  /** Transitions acknowledged since it was opened. */
  moves: number;
  /** Whose it was last, by place among the agents; whoever returned it is not asked first (H5). */
  agent: number;
  stateRev: number;
}

export interface Transitions {
  perSecond: number;
  acknowledged: number;
  /** µs of this process's CPU a transition: the desk, and what asks it. */
  cpuUs: number;
  sentAway: number;
  wrong: string[];
}

class Walk {
  readonly #node: Conversations;
  readonly #desk: Desk;
  acknowledged = 0;
  sentAway = 0;
  #keys = 0;

  constructor(node: Conversations, desk: Desk) {
    this.#node = node;
    this.#desk = desk;
  }

  /** The next transition of one conversation, each through the product's own way. */
  async next(walker: Walker): Promise<void> {
    const move = TURN[walker.moves % TURN.length] as Move;
    const key = `w-${this.#keys++}`;
    const stateRev = await patiently(
      () => this.#take(move, walker, key),
      () => {
        this.sentAway += 1;
      },
    );
    if (stateRev !== walker.stateRev + 1) {
      throw new Error(`${move}: stateRev ${stateRev} after ${walker.stateRev}`);
    }
    walker.stateRev = stateRev;
    walker.moves += 1;
    this.acknowledged += 1;
  }

  #agent(place: number): MemberCtx {
    const { agents } = this.#desk;
    return agents[place % agents.length] as MemberCtx;
  }

  /** @returns the conversation's stateRev after it */
  async #take(move: Move, walker: Walker, clientKey: string): Promise<number> {
    const { conversationId } = walker.talker;
    const own = this.#agent(walker.agent);
    const other = this.#agent(walker.agent + 1);
    const command = async (ctx: MemberCtx, name: string, more: object = {}) => {
      const input = { conversationId, clientKey, ...more };
      const { row } = await run<{ row: { stateRev: number } }>(this.#node, ctx, name, input);
      return row.stateRev;
    };
    switch (move) {
      case 'offer':
        return this.#offer(walker, own.actor.memberId);
      case 'accept':
        return command(own, 'offer.accept');
      case 'transfer':
        return command(own, 'transfer.request', {
          to: { kind: 'member', memberId: other.actor.memberId },
        });
      case 'accept transfer':
        return command(other, 'transfer.accept');
      case 'return': {
        const stateRev = await command(other, 'conversation.return');
        walker.agent += 2;
        return stateRev;
      }
      default:
        return move satisfies never;
    }
  }

  /** As routing writes it, without its decision. */
  async #offer({ talker, stateRev }: Walker, memberId: string): Promise<number> {
    const { row } = await this.#node.append({
      ctx: {
        workspaceId: this.#desk.workspaceId,
        actor: { kind: 'system', name: 'routing' },
        trace: uuidv7().replaceAll('-', ''),
      },
      conversationId: talker.conversationId,
      key: { source: 'routing', clientId: `offer:${stateRev}` },
      entries: [],
      event: { type: 'offer.made', memberId, offerMs: 30_000, auto: false },
      guard: (record) => (record.stateRev === stateRev ? null : 'conflict'),
    });
    return row.stateRev;
  }

  /** `width` at once, each waiting for its own acknowledgement, until the time is over. */
  async during(walkers: readonly Walker[], width: number, ms: number): Promise<number> {
    const began = performance.now();
    const before = this.acknowledged;
    const lanes = Array.from({ length: width }, (_, lane) =>
      walkers.filter((_, index) => index % width === lane),
    );
    await inParallel(lanes, width, async (lane) => {
      for (let turn = 0; performance.now() - began < ms; turn += 1) {
        await this.next(lane[turn % lane.length] as Walker);
      }
    });
    return ((this.acknowledged - before) / (performance.now() - began)) * 1000;
  }
}

/** Every acknowledged transition is in the log once, in order, and the rows are what they led to. */
async function check(pool: Pool, desk: Desk, walkers: readonly Walker[], folded: number) {
  const talkers = walkers.map(({ talker }) => talker);
  const wrong = await new Ledger().check(pool, desk, talkers, folded);
  const { rows } = await pool.query<{ id: string; state_rev: number; moves: number }>(
    `SELECT c.id, c.state_rev, count(e.seq)::int AS moves FROM conversation c
       LEFT JOIN event e ON e.conversation_id = c.id AND e.kind = 'conversation.transitioned'
     WHERE c.workspace_id = $1 GROUP BY c.id`,
    [desk.workspaceId],
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const { talker, moves, stateRev } of walkers) {
    const row = stored.get(talker.conversationId);
    if (row?.state_rev === stateRev && row.moves === moves) continue;
    wrong.push(
      `${talker.conversationId}: ${moves} transitions to rev ${stateRev} were acknowledged, ` +
        `${row?.moves} to ${row?.state_rev} are stored`,
    );
  }
  const { rows: loads } = await pool.query<{ member_id: string }>(
    `SELECT m.member_id FROM member_state m WHERE m.workspace_id = $1 AND m.load <> (
       SELECT coalesce(sum(c.weight), 0) FROM conversation c
       WHERE c.workspace_id = $1 AND m.member_id IN (c.owner_id, c.target_member_id))`,
    [desk.workspaceId],
  );
  for (const { member_id } of loads) wrong.push(`the load of ${member_id} is not its sum (I4)`);
  return wrong.slice(0, 20);
}

/**
 * Real conversations through real transitions, PostgreSQL with fsync: offered, accepted, transferred,
 * accepted, returned, each as a client does it, each waiting for its own acknowledgement.
 */
export async function measureTransitions(
  pool: Pool,
  {
    conversations,
    width,
    agents,
    ms,
  }: { conversations: number; width: number; agents: number; ms: number },
): Promise<Transitions> {
  const node = createConversations({ pool });
  try {
    const desk = await makeDesk(pool, agents);
    const talkers = await addVisitors(pool, desk, conversations);
    await openAll(node, talkers, []);
    await pool.query('VACUUM ANALYZE');
    const walkers = talkers.map(
      (talker, index): Walker => ({ talker, moves: 0, agent: index * 2, stateRev: 1 }),
    );
    const walk = new Walk(node, desk);
    await walk.during(walkers, width, Math.min(ms, 3_000));
    const cpu = process.cpuUsage();
    const before = walk.acknowledged;
    const perSecond = await walk.during(walkers, width, ms);
    const { user, system } = process.cpuUsage(cpu);
    const wrong = await check(pool, desk, walkers, Math.min(conversations, 300));
    const { acknowledged, sentAway } = walk;
    const cpuUs = (user + system) / (acknowledged - before);
    return { perSecond, acknowledged, cpuUs, sentAway, wrong };
  } finally {
    await node.close();
  }
}
