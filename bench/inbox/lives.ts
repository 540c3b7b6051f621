import type { Pool } from 'pg';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import {
  type ConversationRecord,
  type Conversations,
  type Ctx,
  createConversations,
  type MemberCtx,
  type StoredEvent,
  type VisitorCtx,
} from '#server/conversation/index.ts';
import { eventsAfter, findConversation } from '#server/conversation/store.ts';
import { makeShop, makeVisitor } from './shop.ts';

/** How a conversation of the seed went; `weight`: how many of a hundred go so. */
export interface LifeKind {
  name: string;
  end: 'queued' | 'serving' | 'wrapup' | 'closed';
  messages: number;
  weight: number;
}

/** Most are short and closed; some 20 events on average. */
export const LIFE_KINDS: readonly LifeKind[] = [
  { name: 'closed 4', end: 'closed', messages: 4, weight: 24 },
  { name: 'closed 8', end: 'closed', messages: 8, weight: 34 },
  { name: 'closed 12', end: 'closed', messages: 12, weight: 20 },
  { name: 'closed 20', end: 'closed', messages: 20, weight: 16 },
  { name: 'closed 44', end: 'closed', messages: 44, weight: 6 },
  { name: 'queued 1', end: 'queued', messages: 1, weight: 0 },
  { name: 'serving 12', end: 'serving', messages: 12, weight: 0 },
  { name: 'wrapup 10', end: 'wrapup', messages: 10, weight: 0 },
  { name: 'serving 10000', end: 'serving', messages: 9_990, weight: 0 },
];

/** One that the product itself lived through, to be copied. */
export interface Life {
  kind: LifeKind;
  events: StoredEvent[];
  record: ConversationRecord;
}

/** What stands for a text; each message of a copy says its own. */
const TEXT = 'text';
const newKey = () => uuidv7().replaceAll('-', '');

async function live(
  node: Conversations,
  visitor: VisitorCtx,
  agent: MemberCtx,
  kind: LifeKind,
): Promise<string> {
  const conversationId = uuidv7();
  const run = async (ctx: Ctx, name: string, input: Record<string, unknown> = {}) => {
    const audience = ctx.actor.kind === 'visitor' ? 'visitor' : 'member';
    const keyed = { conversationId, clientKey: newKey(), ...input };
    await node.commands[audience].get(name)?.run(node, ctx, keyed);
  };
  await run(visitor, 'message.send', { text: TEXT, open: { previousId: null } });
  if (kind.end === 'queued') return conversationId;
  await run(agent, 'conversation.take');
  const say = (at: number) => run(at % 2 === 0 ? visitor : agent, 'message.send', { text: TEXT });
  const rest = Array.from({ length: kind.messages - 1 }, (_, at) => at + 1);
  // Long ones are written as if many hands wrote; their order is that of their commits.
  const hands = kind.messages > 1_000 ? 200 : 1;
  for (let at = 0; at < rest.length; at += hands) {
    await Promise.all(rest.slice(at, at + hands).map(say));
  }
  if (kind.end === 'serving') return conversationId;
  await run(agent, 'note.add', { text: TEXT });
  await run(agent, 'conversation.end');
  if (kind.end === 'wrapup') return conversationId;
  await run(agent, 'wrapup.finish');
  await run(visitor, 'conversation.rate', { score: 5 });
  return conversationId;
}

/** Lives each kind once through the product's own commands, in a workspace of its own. */
export async function liveAll(pool: Pool): Promise<Life[]> {
  const node = createConversations({ pool });
  try {
    const shop = await makeShop(pool, { agents: 1, supervisors: 0, queues: 1, channels: 1 });
    const [agent] = shop.agents;
    if (!agent) throw new Error('a shop without agents');
    const lives: Life[] = [];
    for (const kind of LIFE_KINDS) {
      const id = await live(node, await makeVisitor(pool, shop), agent, kind);
      const record = await findConversation(pool, shop.workspaceId, id);
      if (record?.phase !== kind.end) throw new Error(`"${kind.name}" ended as ${record?.phase}`);
      lives.push({
        kind,
        record,
        events: await eventsAfter(pool, shop.workspaceId, id, 0, 100_000),
      });
    }
    return lives;
  } finally {
    await node.close();
  }
}
