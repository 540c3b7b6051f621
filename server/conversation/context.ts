/** Who asks. The edge has authenticated it; policies decide what it may do. */
export type Role = 'owner' | 'admin' | 'supervisor' | 'agent';

export type Actor =
  | { kind: 'visitor'; visitorId: string; contactId: string; channelId: string }
  | { kind: 'member'; memberId: string; role: Role }
  | { kind: 'system'; name: 'timers' | 'routing' | 'presence' };

export type VisitorActor = Extract<Actor, { kind: 'visitor' }>;
export type MemberActor = Extract<Actor, { kind: 'member' }>;

/** First argument of every command and query (Law 10). */
export interface Ctx {
  workspaceId: string;
  actor: Actor;
  /** Trace id of the request, 32 hex digits. */
  trace: string;
}

export type VisitorCtx = Ctx & { actor: VisitorActor };
export type MemberCtx = Ctx & { actor: MemberActor };
