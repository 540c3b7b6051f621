import type { ConfigCtx } from '#lib/config/context.ts';
import type { ConfigCommandName } from '#lib/config/index.ts';
import { newKey } from '../factories.ts';

/** What a case may make things with: everything as the workspace's owner. */
export interface ConfigHome {
  queueId: string;
  channelId: string;
  /** A further agent. */
  join(): Promise<ConfigCtx>;
  /** Runs a command as the owner and returns the new thing's id. */
  make(name: ConfigCommandName, input: unknown): Promise<string>;
}

export interface ConfigCase {
  /** Input that only works on what this makes, in the home workspace. */
  input(home: ConfigHome): Promise<object>;
  /** It names something of the home workspace: to others that does not exist. */
  names: boolean;
}

const plain = (input: object = {}): ConfigCase => ({ input: async () => input, names: false });
const on = (input: ConfigCase['input']): ConfigCase => ({ input, names: true });

const unique = () => `n${newKey()}`;
const queue = () => ({
  name: unique(),
  acceptMode: 'offer',
  offerSeconds: 30,
  skills: [],
  members: [],
});
const text = { en: 'Hello', 'zh-CN': '您好' };
const channel = (home: ConfigHome) => ({
  name: unique(),
  queueId: home.queueId,
  allowedOrigins: [],
  settings: { title: text, greeting: text, accent: '#123456', position: 'right' },
});
const reply = () => ({ shortcut: unique(), body: 'Hello' });
const invitation = () => ({ email: `${unique()}@example.test`, role: 'agent' });

/** One for each configuration command; a command without one is a type error. */
export const CONFIG_CASES: Readonly<Record<ConfigCommandName, ConfigCase>> = {
  'member.list': plain(),
  'member.invite': { input: async () => invitation(), names: false },
  'member.cancel-invitation': on(async (home) => ({
    id: await home.make('member.invite', invitation()),
  })),
  'member.update': on(async (home) => ({ id: (await home.join()).memberId, capacity: 9 })),
  'member.remove': on(async (home) => ({ id: (await home.join()).memberId })),
  'queue.list': plain(),
  'queue.create': { input: async () => queue(), names: false },
  'queue.update': on(async (home) => ({
    id: await home.make('queue.create', queue()),
    offerSeconds: 60,
  })),
  'queue.archive': on(async (home) => ({ id: await home.make('queue.create', queue()) })),
  'skill.list': plain(),
  'skill.create': { input: async () => ({ name: unique() }), names: false },
  'skill.rename': on(async (home) => ({
    id: await home.make('skill.create', { name: unique() }),
    name: unique(),
  })),
  'skill.delete': on(async (home) => ({ id: await home.make('skill.create', { name: unique() }) })),
  'channel.list': plain(),
  'channel.create': on(async (home) => channel(home)),
  'channel.update': on(async (home) => ({
    id: await home.make('channel.create', channel(home)),
    name: unique(),
  })),
  'channel.disable': on(async (home) => ({ id: await home.make('channel.create', channel(home)) })),
  'channel.create-key': on(async (home) => ({ channelId: home.channelId, algorithm: 'HS256' })),
  'channel.revoke-key': on(async (home) => ({
    id: await home.make('channel.create-key', { channelId: home.channelId, algorithm: 'HS256' }),
  })),
  'canned-reply.list': plain(),
  'canned-reply.create': { input: async () => reply(), names: false },
  'canned-reply.update': on(async (home) => ({
    id: await home.make('canned-reply.create', reply()),
    ...reply(),
  })),
  'canned-reply.delete': on(async (home) => ({
    id: await home.make('canned-reply.create', reply()),
  })),
  'audit.list': plain(),
};
