import type { Talk } from '#bench/load/people/index.ts';
import { jsonIn, WireClient, type WireListener } from '#bench/load/wire/index.ts';
import type { Reply } from '#lib/protocol/envelope.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';

export interface HeldVisitor {
  token: string;
  conversationId: string;
  /** Public seq the client has already. */
  head: number;
}

export function heldOf(talks: readonly Talk[]): HeldVisitor[] {
  return talks.map(({ token, conversationId, publicHead: head }) => ({
    token,
    conversationId,
    head,
  }));
}

interface Where {
  port: number;
  namespace: '/' | '/visitor';
  localAddress: string;
  index: number;
}

interface Notes {
  wait(code: string): void;
  problem(text: string): void;
}

interface Synced {
  conversation: { head: number };
  events: { seq: number }[];
  more: boolean;
}

interface Pushed {
  conversationId: string;
  events: { seq: number }[];
}

export interface Held {
  readonly visitor: HeldVisitor;
  readonly joined: boolean;
  readonly closed: boolean;
  readonly inStep: boolean;
  /** The log is held from 1 up to here. */
  readonly seq: number;
  /** Resolves when joined, and with `sync` when in step with the log. */
  connect(sync: boolean): Promise<void>;
  /** Forgets what came since the start and syncs it. */
  again(): Promise<void>;
  compareHeads(on: boolean): void;
  close(): void;
}

/** People behind one address, as limits count them. */
const PER_ADDRESS = 8;

const addressOf = (index: number): string => {
  const group = Math.floor(index / PER_ADDRESS);
  return `10.${(group >> 16) & 255}.${(group >> 8) & 255}.${group & 255}`;
};

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * A visitor's page as far as a server sees it: connects, syncs what it missed (D3), comes back when
 * cut, waits when told to (D7), compares heads every 15 s. Any error that cannot be waited out is a problem.
 */
export function createHeld(
  visitor: HeldVisitor,
  where: Where,
  notes: Notes,
  { onLost }: { onLost: () => number | null },
): Held {
  let client: WireClient | null = null;
  let seq = visitor.head;
  let inStep = false;
  let closing = false;
  let syncs = false;
  let heads: NodeJS.Timeout | undefined;
  let arrived: (() => void) | undefined;
  let opened = 0;
  const bare = where.namespace === '/';
  const headers = { 'X-Forwarded-For': addressOf(where.index) };

  /** One page after another until there is no more; D3. */
  const sync = async (on: WireClient): Promise<void> => {
    for (;;) {
      const input = { conversationId: visitor.conversationId, after: seq };
      const reply: Reply<Synced> = await on.call<Synced>('conversation.sync', input);
      if (!reply.ok) {
        const { code, retryAfterMs } = reply.error;
        if (retryAfterMs === undefined) throw new Error(`sync refused: ${code}`);
        notes.wait(code);
        await pause(retryAfterMs);
        continue;
      }
      for (const event of reply.data.events) {
        if (event.seq <= seq) continue;
        if (event.seq !== seq + 1) throw new Error(`a gap: ${event.seq} follows ${seq}`);
        seq = event.seq;
      }
      if (reply.data.more) continue;
      if (reply.data.conversation.head > seq) throw new Error('the last page ends below the head');
      inStep = true;
      return;
    }
  };

  const listener: WireListener = {
    joined(on) {
      if (!syncs) {
        arrived?.();
        return;
      }
      sync(on).then(
        () => arrived?.(),
        (error: Error) => {
          // The connection went: the next one begins anew.
          if (on.state === 'closed') return;
          notes.problem(error.message);
        },
      );
    },
    pushed(on, chunk, from, to) {
      const [name, body] = jsonIn(chunk, from, to) as [string, Partial<Pushed>];
      if (name !== 'events' || body.conversationId !== visitor.conversationId) return;
      for (const event of body.events ?? []) {
        if (event.seq === seq + 1) seq = event.seq;
        // D2: a hint was lost, or came before the sync that is under way.
        else if (event.seq > seq && inStep) {
          inStep = false;
          sync(on).catch((error: Error) => on.state === 'closed' || notes.problem(error.message));
        }
      }
    },
    refused(on, error) {
      const { data = {} } = error as { data?: { code?: string; retryAfterMs?: number } };
      const { code = 'unknown', retryAfterMs } = data;
      if (retryAfterMs === undefined) notes.problem(`refused: ${JSON.stringify(error)}`);
      else {
        notes.wait(code);
        setTimeout(open, retryAfterMs);
      }
      client = null;
      on.destroy();
    },
    closed(on, reason) {
      if (on !== client) return;
      client = null;
      inStep = false;
      if (closing) return;
      const wait = onLost();
      if (wait !== null) {
        notes.wait('connection_lost');
        setTimeout(open, wait);
      } else if (arrived) notes.problem(`lost: ${reason}`);
    },
  };

  function open(): void {
    if (closing) return;
    opened += 1;
    client = new WireClient(
      {
        port: where.port,
        namespace: where.namespace,
        // Each time another one: looking for a free port among those of a minute ago takes the kernel ms.
        localAddress: `127.${opened % 250}.${where.localAddress}`,
        auth: bare ? null : { v: PROTOCOL_VERSION, token: visitor.token },
        headers,
      },
      listener,
    );
  }

  const compare = async (): Promise<void> => {
    const on = client;
    if (on?.state === 'joined') {
      const reply = await on.call<{ conversations: { id: string; head: number }[] }>(
        'conversation.list',
        {},
      );
      if (!reply.ok) notes.wait(`list_${reply.error.code}`);
      else {
        const mine = reply.data.conversations.find(({ id }) => id === visitor.conversationId);
        if (!mine) notes.problem('a conversation is missing in the list');
        else if (mine.head > seq) await sync(on);
      }
    }
  };

  const schedule = (ms: number) => {
    heads = setTimeout(() => {
      compare().then(
        () => heads && schedule(LIMITS.headsEveryMs * (1 - 0.2 * Math.random())),
        (error: Error) => closing || notes.problem(error.message),
      );
    }, ms);
  };

  return {
    visitor,
    get joined() {
      return client?.state === 'joined';
    },
    get closed() {
      return client === null || client.state === 'closed';
    },
    get inStep() {
      return inStep;
    },
    get seq() {
      return seq;
    },
    connect(andSync) {
      closing = false;
      syncs = andSync;
      return new Promise<void>((resolve) => {
        arrived = () => {
          arrived = undefined;
          resolve();
        };
        open();
      });
    },
    async again() {
      if (client?.state !== 'joined') return notes.problem('a sync without a connection');
      inStep = false;
      seq = visitor.head;
      try {
        await sync(client);
      } catch (error) {
        notes.problem(String(error));
      }
    },
    compareHeads(on) {
      clearTimeout(heads);
      heads = undefined;
      if (on) schedule(LIMITS.headsEveryMs * Math.random());
    },
    close() {
      closing = true;
      clearTimeout(heads);
      heads = undefined;
      client?.close();
    },
  };
}
