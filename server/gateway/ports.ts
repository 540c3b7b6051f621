import type { IncomingMessage } from 'node:http';
import type { Pool } from 'pg';
import type { Namespace } from 'socket.io';
import type { MemberSession } from '#lib/auth/session.ts';
import type { Conversations } from '#server/conversation/index.ts';
import type { Members } from '#server/conversation/members/index.ts';
import type { VisitorDeps } from '#server/conversation/visitors/index.ts';
import type { FanOutTransport } from './adapter.ts';
import type { CommandFrames } from './command-frames.ts';
import type { DispatchDeps } from './dispatch.ts';

/** Who a member's cookie names; null: nobody. */
export type FindMember = (headers: Headers, workspaceId?: string) => Promise<MemberSession | null>;

/** What the edge knows of the network. */
export interface Edge {
  /** Whether a page of this desk sent it (member's cookies; against CSWSH). */
  isOwnPage(origin: string | undefined): boolean;
  /** Whether that page may speak for a channel. */
  mayEmbed(allowed: readonly string[], origin: string | undefined): boolean;
  /** Network address as rate limits count it. */
  addressOf(request: IncomingMessage): string;
}

/** What every part of the gateway shares. */
export interface GatewayContext {
  pool: Pool;
  nodeId: string;
  conversations: Conversations;
  members: Members;
  visitors: VisitorDeps;
  findMember: FindMember;
  edge: Edge;
  dispatch: DispatchDeps;
  frames: CommandFrames;
  transport: () => FanOutTransport;
  visitorSockets: Namespace;
  memberSockets: Namespace;
}
