import { newKey, type TestVisitor } from '../factories.ts';
import type { World } from './world.ts';

export interface VisitorCase {
  prepare(world: World): Promise<{ actor: TestVisitor; input: Record<string, unknown> }>;
  /** `own`: others are answered about themselves. `refused`: to others there is no such conversation. */
  others: 'own' | 'refused';
}

const on = (
  more: () => Record<string, unknown>,
  make: (world: World, visitor: TestVisitor) => Promise<string> = (world, visitor) =>
    world.queued(visitor),
): VisitorCase => ({
  async prepare(world) {
    const actor = await world.visitor();
    return { actor, input: { conversationId: await make(world, actor), ...more() } };
  },
  others: 'refused',
});

/** Served and ended, so that there is something to rate. */
async function ended(world: World, visitor: TestVisitor): Promise<string> {
  const conversationId = await world.queued(visitor);
  for (const name of ['conversation.take', 'conversation.end']) {
    const reply = await world.asMember(world.ada, name, { conversationId, clientKey: newKey() });
    if (!reply.ok) throw new Error(`could not prepare: ${JSON.stringify(reply.error)}`);
  }
  return conversationId;
}

/** One for each visitor command; the test fails for a command without one. */
export const VISITOR_CASES: Readonly<Record<string, VisitorCase>> = {
  'message.send': on(() => ({ clientKey: newKey(), text: 'Hello' })),
  'contact.leave': on(() => ({ clientKey: newKey(), email: 'me@example.test' })),
  'conversation.end': on(() => ({ clientKey: newKey() })),
  'conversation.rate': on(() => ({ clientKey: newKey(), score: 5 }), ended),
  'conversation.read': on(() => ({ seq: 1 })),
  'conversation.sync': on(() => ({ after: 0 })),
  'conversation.list': {
    async prepare(world) {
      const actor = await world.visitor();
      await world.queued(actor);
      return { actor, input: {} };
    },
    others: 'own',
  },
  typing: on(() => ({ on: true })),
  'page.view': {
    prepare: async (world) => ({
      actor: await world.visitor(),
      input: { url: 'https://shop.test/', title: 'Shop' },
    }),
    others: 'own',
  },
};
