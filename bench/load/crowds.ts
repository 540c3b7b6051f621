import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { AgentOrder, TalkOrder } from './fleet.ts';
import type { People } from './people/index.ts';

export interface CrowdOrders {
  talks: TalkOrder[];
  agents: AgentOrder[];
}

/** An address of its own for each person, as most have. */
const addressOf = (index: number) =>
  `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

/**
 * How people reach these desks. With several, a visitor and their agent sit on different ones, so that
 * every message crosses.
 */
export function crowdOf(
  people: People,
  desks: readonly { port: number; origin: string }[],
): CrowdOrders {
  const deskAt = (index: number) => {
    const desk = desks[index % desks.length];
    if (!desk) throw new Error('a crowd needs a desk');
    return desk;
  };
  const workspaceId = people.workspace.id;
  return {
    talks: people.talks.map((talk, index) => {
      const desk = deskAt(talk.agent + 1);
      return {
        port: desk.port,
        namespace: '/visitor',
        auth: { v: PROTOCOL_VERSION, token: talk.token },
        headers: { Origin: desk.origin, 'X-Forwarded-For': addressOf(index) },
        conversationId: talk.conversationId,
        agent: talk.agent,
        head: talk.head,
        publicHead: talk.publicHead,
      };
    }),
    agents: people.agents.map((agent, index) => {
      const desk = deskAt(index);
      return {
        port: desk.port,
        namespace: '/member',
        auth: { v: PROTOCOL_VERSION, workspaceId },
        headers: {
          Origin: desk.origin,
          Cookie: agent.cookie,
          'X-Forwarded-For': addressOf(0x10_0000 + index),
        },
      };
    }),
  };
}

/** The same people on the bare relay, which knows nobody. */
export function bareCrowdOf(people: People, port: number): CrowdOrders {
  const at = { port, namespace: '/relay', headers: {} };
  return {
    talks: people.talks.map(({ conversationId, agent }) => ({
      ...at,
      auth: { conversationId },
      conversationId,
      agent,
      head: 0,
      publicHead: 0,
    })),
    agents: people.agents.map(() => ({ ...at, auth: {} })),
  };
}
