import { stageOf } from '#lib/domain/conversation/index.ts';
import type { ActionResult, StoragePort, VisitorClient } from '#lib/sdk/api.ts';
import { createVisitorClient } from '#lib/sdk/visitor/index.ts';
import type { Chance } from '../chance.ts';
import type { Recorder } from '../recorder.ts';
import type { DatabaseView } from '../world/database-view.ts';
import { observedPorts, type Sender } from './observed-ports.ts';
import { createActing, type Person } from './person.ts';
import { createShowing } from './showing.ts';
import { textOf } from './texts.ts';

export interface VisitorOptions {
  name: string;
  url: string;
  /** What the page speaks that is loaded now. */
  protocol(): number;
  channelKey: string;
  sender: Sender;
  /** Shared by the tabs of one visitor. */
  storage: StoragePort;
  /** Of several tabs one rates: a second rating at the same time is refused, and rightly. */
  rates: boolean;
  chance: Chance;
  recorder: Recorder;
}

const PAUSE_MS = [150, 1_800] as const;
const AWAY_MS = [100, 2_500] as const;
/** A panel that loads itself anew because its protocol is too old (D8). */
const RELOAD_MS = [50, 500] as const;
/** With so many messages on their way a person waits. */
const PATIENCE = 4;

/** A visitor at a page with the widget: writes, reads, ends, rates, reloads. */
export function createVisitor(options: VisitorOptions): Person {
  const { name, chance, recorder, storage } = options;
  const journal = recorder.open(name);
  const acting = createActing(chance, PAUSE_MS, act);
  let client: VisitorClient | null = null;
  let showing = createShowing(journal);
  /** Waits for the answer of an action, and takes no other meanwhile. */
  let asking = false;
  let back: NodeJS.Timeout | undefined;
  /** Left by choice, rather than to load the page anew. */
  let away = false;
  let destroyed = false;

  function load() {
    clearTimeout(back);
    if (destroyed) return;
    const stored = storage.get(`parlour:${options.channelKey}:session`);
    const personId = stored === null ? null : String(JSON.parse(stored).visitorId);
    journal.write({ kind: 'began', role: 'visitor', personId, node: options.url });
    showing = createShowing(journal);
    asking = false;
    const mine = createVisitorClient({
      url: options.url,
      key: options.channelKey,
      storage,
      locale: 'en',
      v: options.protocol(),
      ports: observedPorts(journal, options.sender, chance.random),
      page: { url: 'https://shop.example/basket', title: 'Basket' },
    });
    client = mine;
    mine.subscribe(() => {
      const { thread, connection, outdated } = mine.getState();
      if (thread.conversationId !== null) showing.show(thread.conversationId, thread.items);
      const quiet = showing.unsent(thread.items) === 0;
      // The panel reloads by itself then (D8); this is no error to anybody.
      if (client === mine && (connection.kind === 'outdated' || (outdated && quiet)))
        reload(RELOAD_MS);
      else showing.connection(connection);
    });
    mine.start();
  }

  function reload(ms: readonly [number, number]) {
    away = ms === AWAY_MS;
    client?.destroy();
    client = null;
    journal.write({ kind: 'ended' });
    journal.nextLife();
    back = setTimeout(load, chance.between(...ms));
  }

  function act() {
    if (!client) return;
    const { thread } = client.getState();
    const { conversationId } = thread;
    const failed = thread.items.find((item) => item.kind === 'pending' && item.status === 'failed');
    // Until the desk has answered there is nothing to end.
    const alive = thread.open && thread.stage !== null;
    const what = chance.weighed({
      write: showing.unsent(thread.items) >= PATIENCE ? 0 : thread.open ? 6 : 2,
      read: 2,
      type: 1,
      end: alive && !asking && thread.stage !== 'ended' ? 0.4 : 0,
      rate: options.rates && !asking && thread.ratingAsked && thread.rating === null ? 2 : 0,
      leaveContact: alive && !asking && thread.stage === 'offline' ? 1 : 0,
      reload: 0.5,
      lookBack: 0.3,
      another: thread.open ? 0 : 0.5,
      mend: failed ? 4 : 0,
    });
    const told = (of: string) => {
      const answered = showing.answered(of, conversationId);
      asking = true;
      return (result: ActionResult) => {
        asking = false;
        answered(result);
      };
    };
    switch (what) {
      case 'write':
        for (let left = chance.odds(0.2) ? 3 : 1; left > 0; left--) client.send(textOf(chance));
        return;
      case 'read':
        return client.read();
      case 'type':
        return client.setTyping(true);
      case 'end':
        return void client.end().then(told('conversation.end'));
      case 'rate':
        return void client.rate(chance.between(1, 5)).then(told('conversation.rate'));
      case 'leaveContact':
        return void client
          .leaveContact({ email: `${name}@example.test` })
          .then(told('contact.leave'));
      case 'reload':
        return reload(AWAY_MS);
      case 'lookBack':
        return client.open(chance.pick(client.getState().conversations)?.id ?? null);
      case 'another':
        return client.newConversation();
      case 'mend':
        if (failed?.kind !== 'pending') return;
        if (chance.odds(0.5)) client.retry(failed.clientKey);
        else client.discard(failed.clientKey);
    }
  }

  function behind(view: DatabaseView): string | null {
    // Who is away by choice misses nothing before coming back.
    if (!client) return away ? null : 'the page is being loaded';
    const { connection, thread, conversations } = client.getState();
    if (connection.kind !== 'online') return `connection ${connection.kind}`;
    const pending = showing.unsent(thread.items);
    if (pending > 0) return `${pending} not in the log yet`;
    for (const outline of conversations) {
      const now = view.byId.get(outline.id);
      if (!now) return `shows ${outline.id}, which is not in the database`;
      if (outline.head !== now.publicHead) {
        return `${outline.id}: head ${outline.head} of ${now.publicHead}`;
      }
      if (outline.stage !== stageOf(now.phase)) {
        return `${outline.id}: shows ${outline.stage} in phase ${now.phase}`;
      }
    }
    const now = view.byId.get(thread.conversationId ?? '');
    const held = showing.held(thread.items);
    if (now && held !== now.publicHead) return `${now.id}: holds ${held} of ${now.publicHead}`;
    return null;
  }

  return {
    name,
    start: load,
    setActing(value) {
      acting.set(value);
      if (!value && !client) load();
    },
    behind,
    noteInStep(view) {
      const thread = client?.getState().thread;
      const now = view.byId.get(thread?.conversationId ?? '');
      if (!thread || !now) return;
      journal.write({
        kind: 'in_step',
        conversationId: now.id,
        head: showing.held(thread.items),
        expected: now.publicHead,
        pending: showing.unsent(thread.items),
        stage: thread.stage,
      });
    },
    destroy() {
      destroyed = true;
      clearTimeout(back);
      acting.stop();
      client?.destroy();
      journal.write({ kind: 'ended' });
    },
  };
}
