import * as z from 'zod';
import { ERRORS, ParlourError } from '#lib/protocol/errors.ts';
import { type FindMember, type Gateway, memberCtx } from '#server/gateway/index.ts';
import { addressKey } from './client-address.ts';
import type { HttpRequest } from './message.ts';
import { isOwnPage, type OwnOrigins } from './origins.ts';
import type { Route } from './routes.ts';

const WorkspaceId = z.uuid().optional();

/**
 * Commands of members over HTTP: `?workspaceId=` chooses the workspace. The session cookie
 * authenticates, so that only the desk's own pages may send it (CSRF).
 */
export function memberRoutes(deps: {
  gateway: Gateway;
  findMember: FindMember;
  own: OwnOrigins;
}): Route[] {
  const command = async (request: HttpRequest) => {
    if (!isOwnPage(deps.own, request.origin)) throw new ParlourError('origin_refused');
    const workspaceId = WorkspaceId.parse(request.url.searchParams.get('workspaceId') ?? undefined);
    const headers = new Headers({ cookie: request.headers.cookie ?? '' });
    const member = await deps.findMember(headers, workspaceId);
    if (!member) throw new ParlourError('unauthenticated');
    const reply = await deps.gateway.dispatch(
      {
        ctx: memberCtx(member, request.trace),
        address: addressKey(request.client.address),
        connection: null,
      },
      await request.json(),
    );
    return { status: reply.ok ? 200 : ERRORS[reply.error.code].status, body: reply };
  };
  return [
    {
      method: 'POST',
      path: '/api/v1/member/command',
      audience: 'member',
      crossOrigin: false,
      handle: command,
    },
  ];
}
