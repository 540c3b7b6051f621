import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { ClientPorts, SocketPort } from '#lib/sdk/api.ts';
import type { Chance } from '../chance.ts';
import type { Recorder } from '../recorder.ts';
import { observedPorts, type Sender } from './observed-ports.ts';
import { createActing, type Person } from './person.ts';
import { textOf } from './texts.ts';

export interface RepeaterOptions {
  name: string;
  url: string;
  channelKey: string;
  sender: Sender;
  chance: Chance;
  recorder: Recorder;
}

interface Message {
  conversationId: string;
  clientKey: string;
  text: string;
  open: Record<string, never>;
}

const PAUSE_MS = [120, 700] as const;
/** Old keys that are sent again now and then, long after they were answered. */
const MOST_REMEMBERED = 200;

/**
 * A raw visitor, rougher than the SDK: several sockets at once, each message over more than one of
 * them, unanswered or not, and old ones again much later; some over plain HTTPS. What was answered
 * must stay so (P1): the same key, the same seq, once in the log.
 */
export function createRepeater(options: RepeaterOptions): Person {
  const { chance, recorder } = options;
  const journal = recorder.open(options.name);
  const ports: ClientPorts = observedPorts(journal, options.sender, chance.random);
  const acting = createActing(chance, PAUSE_MS, act);
  const sockets = new Set<{ port: SocketPort; open: boolean }>();
  const sent: Message[] = [];
  let token: string | null = null;
  let conversationId = uuidv7();
  let destroyed = false;

  async function post(path: string, body: unknown): Promise<Record<string, unknown> | null> {
    try {
      const answer = await ports.fetch(`${options.url}/api/v1/visitor/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(8_000),
      });
      return (await answer.json()) as Record<string, unknown>;
    } catch {
      // The line is faulty on purpose; whoever asked goes on without an answer.
      return null;
    }
  }

  async function arrive() {
    while (token === null && !destroyed) {
      const reply = await post('session', { v: PROTOCOL_VERSION, key: options.channelKey });
      const data = reply?.data as { token?: string; visitorId?: string } | undefined;
      if (data?.token && data.visitorId) {
        token = data.token;
        const about = { role: 'visitor', personId: data.visitorId, node: options.url } as const;
        journal.write({ kind: 'began', ...about });
      } else await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  function connect() {
    if (token === null || destroyed) return;
    const mine = { open: false } as { port: SocketPort; open: boolean };
    sockets.add(mine);
    mine.port = ports.openSocket({
      url: `${options.url}/visitor`,
      auth: { v: PROTOCOL_VERSION, token },
      onConnect() {
        mine.open = true;
      },
      onDisconnect: () => sockets.delete(mine),
      onPush() {},
    });
  }

  /** A closed conversation is continued in a new one; the answer may name yet another (P2). */
  function onReply(message: Message, reply: unknown) {
    const { ok, data, error } = (reply ?? {}) as {
      ok?: boolean;
      data?: { conversationId?: string };
      error?: { code?: string };
    };
    if (ok && data?.conversationId) conversationId = data.conversationId;
    if (error?.code === 'conversation_closed' && message.conversationId === conversationId) {
      conversationId = uuidv7();
    }
  }

  function emit(message: Message) {
    const ready = [...sockets].filter(({ open }) => open);
    const over = chance.pick(ready);
    const envelope = { name: 'message.send', input: message };
    if (over) over.port.emit(envelope, (reply) => onReply(message, reply));
  }

  function act() {
    if (token === null) return;
    if (sockets.size < 3) connect();
    const what = chance.weighed({ write: 6, again: 2, https: 1, hangUp: 0.4 });
    if (what === 'hangUp') {
      const one = chance.pick([...sockets]);
      one?.port.close();
      if (one) sockets.delete(one);
      return;
    }
    const old = what === 'again' ? chance.pick(sent) : undefined;
    const message = old ?? { conversationId, clientKey: uuidv7(), text: textOf(chance), open: {} };
    if (!old) sent.push(message);
    if (sent.length > MOST_REMEMBERED) sent.shift();
    if (what === 'https') {
      void post('command', { name: 'message.send', input: message }).then((reply) =>
        onReply(message, reply),
      );
    }
    for (let copies = chance.between(1, 3); copies > 0; copies--) emit(message);
  }

  return {
    name: options.name,
    start: () => void arrive(),
    setActing: acting.set,
    // It keeps no log; what it was told is for the checker.
    behind: () => null,
    noteInStep() {},
    destroy() {
      destroyed = true;
      acting.stop();
      for (const { port } of sockets) port.close();
      journal.write({ kind: 'ended' });
    },
  };
}
