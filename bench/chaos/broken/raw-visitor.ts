import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { SocketPort } from '#lib/sdk/api.ts';
import { observedPorts } from '../people/observed-ports.ts';
import type { Recorder } from '../recorder.ts';

export interface RawVisitor {
  conversationId: string;
  /** One attempt; resolves with the reply, or null when the line broke first. */
  send(text: string, key?: string): Promise<Reply | null>;
  end(): Promise<Reply | null>;
  close(): void;
}

interface Reply {
  ok: boolean;
  data?: { seq?: number; conversationId?: string };
  error?: { code: string };
}

/** A visitor who does exactly what a test says, over one socket, and writes it down. */
export async function arrive(
  name: string,
  { url, channelKey, recorder }: { url: string; channelKey: string; recorder: Recorder },
): Promise<RawVisitor> {
  const journal = recorder.open(name);
  const sender = { origin: 'http://desk.example', address: '10.0.0.1' };
  const ports = observedPorts(journal, sender, Math.random);
  const answer = await ports.fetch(`${url}/api/v1/visitor/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ v: PROTOCOL_VERSION, key: channelKey }),
  });
  const { data } = (await answer.json()) as { data: { token: string; visitorId: string } };
  journal.write({ kind: 'began', role: 'visitor', personId: data.visitorId, node: url });
  let lost: (() => void) | undefined;
  const socket = await new Promise<SocketPort>((resolve) => {
    const opened = ports.openSocket({
      url: `${url}/visitor`,
      auth: { v: PROTOCOL_VERSION, token: data.token },
      onConnect: () => resolve(opened),
      onDisconnect: () => lost?.(),
      onPush() {},
    });
  });
  const ask = (command: string, input: object) =>
    new Promise<Reply | null>((resolve) => {
      lost = () => resolve(null);
      socket.emit({ name: command, input }, (reply) => resolve(reply as Reply));
    });
  const visitor: RawVisitor = {
    conversationId: uuidv7(),
    async send(text, key = uuidv7()) {
      const { conversationId } = visitor;
      const input = { conversationId, clientKey: key, text, open: {} };
      return ask('message.send', input);
    },
    end: () =>
      ask('conversation.end', {
        conversationId: visitor.conversationId,
        clientKey: uuidv7(),
      }),
    close: () => socket.close(),
  };
  return visitor;
}
