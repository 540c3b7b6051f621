import { joinWire, type WireClient, type WireOptions } from '#bench/load/wire/index.ts';
import type { Reply } from '#lib/protocol/envelope.ts';

/** What came in, in the order it came. */
export interface CaughtUp {
  /** From the first packet of the connection, and from the first request, to the last page. ms */
  fromReconnect: number;
  fromRequest: number;
  pages: number;
  events: { seq: number; text?: string }[];
}

interface Page {
  events: { seq: number; text?: string }[];
  more: boolean;
}

interface InboxPage {
  cursor: string;
  more: boolean;
  reset: boolean;
}

async function ask<T>(client: WireClient, name: string, input: object): Promise<T> {
  const reply: Reply<T> = await client.call<T>(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.code}`);
  return reply.data;
}

/** The inbox up to now; a member too far behind lists again, as the console does. */
async function syncInbox(client: WireClient, from: string): Promise<void> {
  let cursor = from;
  for (;;) {
    const page = await ask<InboxPage>(client, 'inbox.sync', { cursor });
    if (page.reset) {
      await ask(client, 'inbox.list', { view: 'mine' });
      return;
    }
    cursor = page.cursor;
    if (!page.more) return;
  }
}

/**
 * Connects and fetches what was missed, as the clients do (D3): a visitor syncs the conversation; an
 * agent opens it, goes on by pages, and has the inbox synced meanwhile.
 */
export async function catchUp(
  options: WireOptions,
  { conversationId, after, cursor }: { conversationId: string; after: number; cursor?: string },
): Promise<CaughtUp> {
  const begun = performance.now();
  const client = await joinWire(options);
  const joined = performance.now();
  const isMember = cursor !== undefined;
  const events: CaughtUp['events'] = [];
  let pages = 0;
  const log = async () => {
    for (let at = after; ; at = events.at(-1)?.seq ?? at) {
      const name = isMember && pages === 0 ? 'conversation.open' : 'conversation.sync';
      const page = await ask<Page>(client, name, { conversationId, after: at });
      pages += 1;
      events.push(...page.events);
      if (!page.more) return;
    }
  };
  await Promise.all([log(), isMember ? syncInbox(client, cursor) : undefined]);
  const done = performance.now();
  client.close();
  return { fromReconnect: done - begun, fromRequest: done - joined, pages, events };
}

/** The inbox's cursor as a member who goes away now holds it. */
export async function cursorNow(options: WireOptions): Promise<string> {
  const client = await joinWire(options);
  const { cursor } = await ask<{ cursor: string }>(client, 'inbox.list', { view: 'mine' });
  client.close();
  return cursor;
}
