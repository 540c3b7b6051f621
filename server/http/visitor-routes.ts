import * as z from 'zod';
import { newTrace } from '#lib/observability/trace.ts';
import { ERRORS, ParlourError } from '#lib/protocol/errors.ts';
import { VisitorSessionRequest } from '#lib/protocol/visitor.ts';
import { VisitorPollRequest } from '#lib/protocol/visitor-http.ts';
import type { Conversations, VisitorCtx } from '#server/conversation/index.ts';
import type { Reads } from '#server/conversation/reads/index.ts';
import {
  authenticateVisitor,
  channelOf,
  identityOf,
  logOut,
  openSession,
  type VisitorDeps,
  type VisitorIdentity,
} from '#server/conversation/visitors/index.ts';
import { checkVersion, type Gateway, visitorCtx } from '#server/gateway/index.ts';
import { addressKey } from './client-address.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';
import { mayEmbed, type OwnOrigins } from './origins.ts';
import { createPolls } from './polls.ts';
import { ok, type Route } from './routes.ts';

export interface VisitorRouteDeps {
  conversations: Conversations;
  reads: Reads;
  visitors: VisitorDeps;
  gateway: Gateway;
  own: OwnOrigins;
}

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,2048})$/;
/** Longer ones are cut: only shown to members. */
const USER_AGENT_LENGTH = 400;

function parse<T extends z.core.$ZodType>(schema: T, body: unknown): z.output<T> {
  const result = z.safeParse(schema, body);
  if (!result.success) throw result.error;
  return result.data;
}

/** What visitors ask over HTTP. */
export function visitorRoutes(deps: VisitorRouteDeps): { routes: Route[]; close: () => void } {
  const { visitors, gateway, reads, own } = deps;
  const polls = createPolls(deps.conversations, reads);

  const checkOrigin = (allowed: readonly string[], request: HttpRequest) => {
    if (!mayEmbed(own, allowed, request.origin)) throw new ParlourError('origin_refused');
  };

  const authenticated = async (request: HttpRequest): Promise<VisitorIdentity> => {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new ParlourError('unauthenticated');
    // Before the database is asked, so that a flood of good tokens costs it nothing.
    gateway.limiter.take('read', { address: addressKey(request.client.address) });
    const visitor = await authenticateVisitor(
      visitors.pool,
      visitors.tokenKey,
      token,
      visitors.now(),
    );
    checkOrigin(visitor.allowedOrigins, request);
    return visitor;
  };

  const session = async (request: HttpRequest): Promise<HttpAnswer> => {
    const address = addressKey(request.client.address);
    gateway.limiter.take('session', { address });
    const body = await request.json();
    checkVersion(parse(z.object({ v: z.int() }), body).v);
    const asked = parse(VisitorSessionRequest, body);
    const channel = await channelOf(visitors, asked.key);
    checkOrigin(channel.allowedOrigins, request);
    const userAgent = request.headers['user-agent']?.slice(0, USER_AGENT_LENGTH) ?? null;
    const opened = await openSession(visitors, channel, asked, {
      locale: asked.locale,
      userAgent,
      page: asked.page,
    });
    const { visitor, token, rotated } = opened;
    if (rotated) gateway.visitorIdentified(visitor);
    const ctx = visitorCtx(visitor, request.trace) as VisitorCtx;
    const [view, conversations] = await Promise.all([reads.channel(ctx), reads.outlines(ctx)]);
    const { visitorId, identified } = visitor;
    return ok({ token, visitorId, identified, channel: view, conversations });
  };

  const command = async (request: HttpRequest): Promise<HttpAnswer> => {
    const visitor = await authenticated(request);
    gateway.visitorSeen(visitor);
    const reply = await gateway.dispatch(
      {
        ctx: visitorCtx(visitor, request.trace),
        address: addressKey(request.client.address),
        connection: null,
      },
      await request.json(),
    );
    return { status: reply.ok ? 200 : ERRORS[reply.error.code].status, body: reply };
  };

  const poll = async (request: HttpRequest): Promise<HttpAnswer> => {
    const visitor = await authenticated(request);
    gateway.visitorSeen(visitor);
    gateway.limiter.take('read', { visitor: visitor.visitorId });
    const { heads } = parse(VisitorPollRequest, await request.json());
    const ctx = visitorCtx(visitor, request.trace) as VisitorCtx;
    return ok(await polls.wait(ctx, heads, request.signal));
  };

  const unread = async (request: HttpRequest): Promise<HttpAnswer> => {
    const visitor = await authenticated(request);
    gateway.limiter.take('read', { visitor: visitor.visitorId });
    if (visitor.identified && !(await vouched(visitor, request))) return ok({ unread: 0 });
    const outlines = await reads.outlines(visitorCtx(visitor, newTrace()) as VisitorCtx);
    return ok({ unread: outlines.reduce((sum, outline) => sum + outline.unread, 0) });
  };

  /** On a shared computer the token alone tells nothing about an identified person. */
  const vouched = async (visitor: VisitorIdentity, request: HttpRequest): Promise<boolean> => {
    const jwt = request.headers['x-parlour-identity'];
    if (typeof jwt !== 'string') return false;
    const person = await identityOf(visitors, visitor, jwt);
    const { rows } = await visitors.pool.query<{ external_id: string | null }>(
      'SELECT external_id FROM contact WHERE id = $1 AND workspace_id = $2',
      [visitor.contactId, visitor.workspaceId],
    );
    return rows[0]?.external_id === person.externalId;
  };

  const logout = async (request: HttpRequest): Promise<HttpAnswer> => {
    const visitor = await authenticated(request);
    gateway.limiter.take('action', { visitor: visitor.visitorId });
    await logOut(visitors.pool, visitor);
    gateway.revokeVisitor(visitor.visitorId);
    return ok({});
  };

  const visitorRoute = (
    method: Route['method'],
    path: string,
    handle: Route['handle'],
    audience: Route['audience'] = 'visitor',
  ): Route => ({ method, path: `/api/v1/visitor/${path}`, audience, crossOrigin: true, handle });

  return {
    routes: [
      visitorRoute(
        'POST',
        'session',
        (request) => gateway.admitSession(() => session(request)),
        'public',
      ),
      visitorRoute('POST', 'command', command),
      visitorRoute('POST', 'poll', poll),
      visitorRoute('GET', 'unread', unread),
      visitorRoute('POST', 'logout', logout),
    ],
    close: polls.close,
  };
}
