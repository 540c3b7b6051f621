import { setTimeout as pause } from 'node:timers/promises';
import type { People, Talk } from '#bench/load/people/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createConversations } from '#server/conversation/index.ts';
import type { BenchContext, BenchDatabase } from '../bench.ts';
import type { Crowd } from './crowd.ts';
import { seatAgents } from './seats.ts';
import type { Watched } from './servers.ts';

export interface Storm {
  /** ms from the first reconnect until a visitor had what was missed, in order. */
  times: number[];
  problems: string[];
}

/** Replies on the way at a time. */
const WIDTH = 400;

/** A reply of the serving agent in each conversation, through the product's command on another node. */
export async function replyToAll(
  db: BenchDatabase,
  people: People,
  talks: readonly Talk[],
): Promise<void> {
  const node = createConversations({ pool: db.pool });
  const send = node.commands.member.get('message.send');
  if (!send) throw new Error('the product lacks message.send');
  let next = 0;
  const walk = async () => {
    for (let talk = talks[next++]; talk; talk = talks[next++]) {
      const agent = people.agents[talk.agent];
      if (!agent) throw new Error('a conversation without its agent');
      await send.run(node, agent.ctx, {
        conversationId: talk.conversationId,
        clientKey: uuidv7(),
        text: 'Thank you for waiting. Your parcel is on its way.',
      });
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, walk));
  await node.close();
}

/** What each client holds against where its log ends. */
export async function differing(
  db: BenchDatabase,
  workspaceId: string,
  heads: ReadonlyMap<string, number>,
): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string; head: number }>(
    `SELECT c.id, c.last_public_seq AS head FROM conversation c
     WHERE c.workspace_id = $1 AND c.id = ANY ($2::uuid[])`,
    [workspaceId, [...heads.keys()]],
  );
  const wrong = rows.filter(({ id, head }) => heads.get(id) !== head);
  const missing = heads.size - rows.length;
  return [
    ...(missing > 0 ? [`${missing} conversations are not in the database`] : []),
    ...(wrong.length > 0
      ? [
          `${wrong.length} clients are not where their log ends, such as ${wrong[0]?.id}: ` +
            `${heads.get(wrong[0]?.id ?? '')} of ${wrong[0]?.head}`,
        ]
      : []),
  ];
}

/** The server cuts everybody, each misses a message, and all come back at once. */
export async function raiseStorm(
  context: BenchContext,
  server: Watched,
  crowd: Crowd,
  db: BenchDatabase,
  people: People,
  talks: readonly Talk[],
): Promise<Storm> {
  const cut = await server.probe.cut(server.port);
  // The last of them notice it a moment later.
  let away = await crowd.stand();
  for (let tries = 0; away.joined > 0 && tries < 100; tries += 1) {
    await pause(100);
    away = await crowd.stand();
  }
  await seatAgents(context, people, server);
  await replyToAll(db, people, talks);
  const times = await crowd.storm();
  const stand = await crowd.stand();
  const waits = [...stand.waits].map(([code, count]) => `${count} × ${code}`).join(', ');
  context.say(
    `${cut} cut; all ${times.length} in step after ${((times.at(-1) ?? 0) / 1_000).toFixed(1)} s` +
      `${waits ? `; waited out: ${waits}` : ''}`,
  );
  const problems = [
    ...(away.joined > 0 ? [`${away.joined} clients did not notice that they were cut`] : []),
    ...(stand.joined < crowd.size ? [`${crowd.size - stand.joined} are not connected`] : []),
    ...stand.problems,
    ...(await differing(db, people.workspace.id, await crowd.heads())),
  ];
  return { times, problems };
}
