import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { io, type Socket } from 'socket.io-client';
import { isRole } from '#lib/auth/roles.ts';
import type { MemberSession } from '#lib/auth/session.ts';
import type {
  MemberInput,
  MemberOutput,
  Reply,
  VisitorInput,
  VisitorOutput,
} from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { MemberCommandName } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { VisitorCommandName, VisitorSession } from '#lib/protocol/visitor.ts';
import { type Desk, type DeskOptions, startDesk } from '#server/desk.ts';

/** A push as a socket heard it. */
export interface Heard {
  name: string;
  payload: unknown;
}

/** A socket that remembers what it heard. */
export interface Listener {
  socket: Socket;
  heard: Heard[];
  /** The first push (heard already or yet to come) that fits. */
  until<T>(name: string, fits?: (payload: T) => boolean): Promise<T>;
}

export interface RunningDesk extends Desk {
  url: string;
  tokenKey: Buffer;
  /** POST as JSON; answers the reply and the HTTP status. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<PostAnswer>;
  session(key: string, more?: Record<string, unknown>): Promise<VisitorSession>;
  visitor(token: string, more?: ConnectOptions): Promise<Listener>;
  member(memberId: string, more?: ConnectOptions): Promise<Listener>;
}

export interface PostAnswer {
  status: number;
  headers: Headers;
  body: Reply<Record<string, unknown>>;
}

export interface ConnectOptions {
  v?: number;
  origin?: string;
  headers?: Record<string, string>;
  auth?: Record<string, unknown>;
}

/** What `connect_error` carried. */
export class Refused extends Error {
  readonly wire: WireError | undefined;
  constructor(wire: WireError | undefined, message: string) {
    super(wire?.code ?? message);
    this.wire = wire;
  }
}

/** Tests sign members in by `cookie: member=<id>`; sessions of the real sign-in are lib/auth's tests. */
export function memberByCookie(pool: Pool) {
  return async (headers: Headers, workspaceId?: string): Promise<MemberSession | null> => {
    const id = /\bmember=([0-9a-f-]{36})/.exec(headers.get('cookie') ?? '')?.[1];
    if (!id) return null;
    const { rows } = await pool.query(
      `SELECT m.id, m.user_id, m.workspace_id, m.role, m.auth_rev, u.name, u.email
       FROM member m JOIN "user" u ON u.id = m.user_id
       WHERE m.id = $1 AND m.removed_at IS NULL AND ($2::uuid IS NULL OR m.workspace_id = $2)`,
      [id, workspaceId ?? null],
    );
    const row = rows[0];
    if (!row || !isRole(row.role)) return null;
    return {
      userId: row.user_id,
      memberId: row.id,
      workspaceId: row.workspace_id,
      role: row.role,
      authRev: row.auth_rev,
      name: row.name,
      email: row.email,
    };
  };
}

function listenTo(socket: Socket): Listener {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  socket.onAny((name: string, payload: unknown) => {
    heard.push({ name, payload });
    for (const look of [...waiting]) look();
  });
  return {
    socket,
    heard,
    until: <T>(name: string, fits: (payload: T) => boolean = () => true) =>
      new Promise<T>((resolve) => {
        const look = () => {
          const found = heard.find((one) => one.name === name && fits(one.payload as T));
          if (!found) return;
          waiting.delete(look);
          resolve(found.payload as T);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Opens a socket on a namespace's address. Rejects with Refused. */
export function connectTo(
  url: string,
  headers: Record<string, string> = {},
  auth: object = {},
): Promise<Listener> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
    auth: auth as Record<string, unknown>,
  });
  const listener = listenTo(socket);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(listener));
    socket.once('connect_error', (error: Error & { data?: WireError }) => {
      socket.close();
      reject(new Refused(error.data, error.message));
    });
  });
}

/** A desk that really listens, on a free port; `close` it, then drop the database. */
export async function runDesk(
  pool: Pool,
  options: Partial<DeskOptions> = {},
): Promise<RunningDesk> {
  const root = join(import.meta.dirname, '..', '..');
  const tokenKey = randomBytes(32);
  const desk = await startDesk({
    roles: new Set(['realtime']),
    pool,
    findMember: memberByCookie(pool),
    tokenKey,
    migrations: join(root, 'prisma', 'migrations'),
    widgetFolder: join(root, 'public', 'widget'),
    ...options,
    settings: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://desk.example',
      trustProxyHops: 0,
      webOrigin: undefined,
      redisUrl: undefined,
      ...options.settings,
    },
  });
  const url = `http://127.0.0.1:${desk.port}`;
  const opened = new Set<Socket>();
  const keep = (listener: Listener) => {
    opened.add(listener.socket);
    return listener;
  };
  const post: RunningDesk['post'] = async (path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as PostAnswer['body'],
    };
  };
  return {
    ...desk,
    url,
    tokenKey,
    post,
    async session(key, more = {}) {
      const { body } = await post('/api/v1/visitor/session', { v: PROTOCOL_VERSION, key, ...more });
      if (!body.ok) throw new Refused(body.error, body.error.code);
      return body.data as unknown as VisitorSession;
    },
    async visitor(
      token,
      { v = PROTOCOL_VERSION, origin = 'http://desk.example', headers, auth } = {},
    ) {
      return keep(await connectTo(`${url}/visitor`, { origin, ...headers }, { v, token, ...auth }));
    },
    async member(
      memberId,
      { v = PROTOCOL_VERSION, origin = 'http://desk.example', headers, auth } = {},
    ) {
      const cookie = `member=${memberId}`;
      return keep(await connectTo(`${url}/member`, { origin, cookie, ...headers }, { v, ...auth }));
    },
    async close() {
      for (const socket of opened) socket.close();
      await desk.close();
    },
  };
}

/** One command over a socket, as the wire answers it. */
export function ask(listener: Listener, name: string, input: unknown): Promise<Reply<unknown>> {
  return listener.socket.emitWithAck('command', { name, input }) as Promise<Reply<unknown>>;
}

function granted<T>(reply: Reply<unknown>): T {
  if (!reply.ok) throw new Refused(reply.error, reply.error.code);
  return reply.data as T;
}

export async function askVisitor<N extends VisitorCommandName>(
  listener: Listener,
  name: N,
  input: VisitorInput<N>,
): Promise<VisitorOutput<N>> {
  return granted(await ask(listener, name, input));
}

export async function askMember<N extends MemberCommandName>(
  listener: Listener,
  name: N,
  input: MemberInput<N>,
): Promise<MemberOutput<N>> {
  return granted(await ask(listener, name, input));
}

/** A visitor's message in a conversation that need not exist yet. */
export function message(text: string, conversationId: string = uuidv7()) {
  return { conversationId, clientKey: uuidv7(), text, open: {} };
}

/** The code with which `work` was refused. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  return 'accepted';
}
