import { type APIRequestContext, type Browser, request } from '@playwright/test';
import type { ConfigCall, ConfigCalls, RoleName } from '#lib/protocol/config.ts';
import type { Reply } from '#lib/protocol/envelope.ts';

/** Where the desk of this run answers. */
export const DESK = `http://localhost:${process.env.PARLOUR_E2E_PORT}`;

interface Account {
  name: string;
  role: RoleName;
  email: string;
  password: string;
}

/** The demo's sign-ins, as prisma/seed.ts printed them. */
export function demoAccount(role: RoleName): Account {
  const { accounts }: { accounts: Account[] } = JSON.parse(process.env.PARLOUR_E2E_SEED ?? '{}');
  const account = accounts.find((a) => a.role === role);
  if (!account) throw new Error(`the demo has no ${role}`);
  return account;
}

/** A signed-in request context; its storage state signs a browser in. */
export async function signedIn(email: string, password: string): Promise<APIRequestContext> {
  const context = await request.newContext({ baseURL: DESK, extraHTTPHeaders: { origin: DESK } });
  const response = await context.post('/api/auth/sign-in/email', { data: { email, password } });
  if (!response.ok()) throw new Error(`sign-in of ${email}: ${await response.text()}`);
  return context;
}

/** A configuration command as that member; throws its error. */
export async function configure<N extends ConfigCall>(
  as: APIRequestContext,
  name: N,
  input: ConfigCalls[N]['input'],
): Promise<ConfigCalls[N]['output']> {
  const response = await as.post(`/api/config/${name}`, { data: input });
  const reply: Reply<ConfigCalls[N]['output']> = await response.json();
  if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply.error)}`);
  return reply.data;
}

export interface TeamMember {
  id: string;
  name: string;
  email: string;
  password: string;
}

export interface Team {
  owner: APIRequestContext;
  queueId: string;
  channelId: string;
  /** For the script tag. */
  publicKey: string;
  members: Record<string, TeamMember>;
}

let count = 0;
/** One sign-in for all teams of a worker. */
let owner: APIRequestContext | undefined;

/**
 * A queue, a channel and members of a test file's own, made the way an owner makes them: through
 * settings, invitations and sign-in.
 */
export async function makeTeam(
  names: readonly string[],
  options: {
    offerSeconds?: number;
    acceptMode?: 'offer' | 'auto';
    origins?: readonly string[];
    roles?: Record<string, RoleName>;
  } = {},
): Promise<Team> {
  owner ??= await signedIn(demoAccount('owner').email, demoAccount('owner').password);
  const tag = `${process.env.TEST_WORKER_INDEX ?? 0}-${Date.now().toString(36)}-${count++}`;
  const members: Record<string, TeamMember> = {};
  for (const name of names) {
    const email = `${name.toLowerCase()}-${tag}@example.test`;
    const password = `pass-${tag}-${name}`;
    const role = options.roles?.[name] ?? 'agent';
    const invitation = await configure(owner, 'member.invite', { email, role });
    const joining = await request.newContext({ baseURL: DESK, extraHTTPHeaders: { origin: DESK } });
    const response = await joining.post('/api/invitations/accept', {
      data: { id: invitation.id, name, password },
    });
    const reply: Reply<{ memberId: string }> = await response.json();
    if (!reply.ok) throw new Error(JSON.stringify(reply.error));
    await joining.dispose();
    members[name] = { id: reply.data.memberId, name, email, password };
  }
  const queue = await configure(owner, 'queue.create', {
    name: `Queue ${tag}`,
    acceptMode: options.acceptMode ?? 'offer',
    offerSeconds: options.offerSeconds ?? 30,
    skills: [],
    members: Object.values(members).map(({ id }) => ({ memberId: id, tier: 1 })),
  });
  const channel = await configure(owner, 'channel.create', {
    name: `Shop ${tag}`,
    queueId: queue.id,
    allowedOrigins: [...(options.origins ?? [])],
    settings: {
      title: { en: 'Test shop', 'zh-CN': '测试商店' },
      greeting: { en: 'Hello, how can we help?', 'zh-CN': '您好，请问有什么可以帮您？' },
      accent: '#2f5bea',
      position: 'right',
    },
  });
  return { owner, queueId: queue.id, channelId: channel.id, publicKey: channel.publicKey, members };
}

/** A browser context in which this member is signed in. */
export async function contextOf(
  browser: Browser,
  member: Pick<TeamMember, 'email' | 'password'>,
  options: Parameters<Browser['newContext']>[0] = {},
) {
  const session = await signedIn(member.email, member.password);
  const storageState = await session.storageState();
  await session.dispose();
  return browser.newContext({ ...options, storageState });
}
