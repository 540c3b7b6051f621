/**
 * Configuration over HTTP: `POST /api/config/<name>` with the input as JSON, answered by a Reply.
 * Inputs are parsed by the schemas in lib/config; these are the shapes both ends agree on.
 */

export type RoleName = 'owner' | 'admin' | 'supervisor' | 'agent';

export interface QueuePlace {
  queueId: string;
  /** 1 primary, 2 secondary */
  tier: number;
}

export interface SkillLevel {
  skillId: string;
  /** 1 (basic) … 5 (expert) */
  level: number;
}

export interface MemberConfig {
  id: string;
  name: string;
  displayName: string | null;
  email: string;
  role: RoleName;
  capacity: number;
  queues: QueuePlace[];
  skills: SkillLevel[];
  createdAt: string;
}

export interface InvitationConfig {
  id: string;
  email: string;
  role: RoleName;
  expiresAt: string;
}

export interface QueueConfig {
  id: string;
  name: string;
  acceptMode: 'offer' | 'auto';
  offerSeconds: number;
  skills: SkillLevel[];
  members: { memberId: string; tier: number }[];
  channels: { id: string; name: string }[];
}
export type QueueFields = Omit<QueueConfig, 'id' | 'channels'>;

export interface SkillConfig {
  id: string;
  name: string;
  members: number;
  queues: number;
}

export interface ChannelSettingsConfig {
  title: { en: string; 'zh-CN': string };
  greeting: { en: string; 'zh-CN': string };
  accent: string;
  position: 'left' | 'right';
}

export interface ChannelConfig {
  id: string;
  kind: string;
  name: string;
  publicKey: string;
  allowedOrigins: string[];
  queueId: string;
  /** Units of capacity one conversation takes, 1 … 100. */
  weight: number;
  settings: ChannelSettingsConfig;
  keys: { id: string; algorithm: string; createdAt: string }[];
}
export type ChannelFields = Pick<
  ChannelConfig,
  'name' | 'queueId' | 'allowedOrigins' | 'settings'
> &
  Partial<Pick<ChannelConfig, 'weight'>>;

export interface CannedReplyConfig {
  id: string;
  shortcut: string;
  body: string;
  updatedAt: string;
}

export interface AuditEntryView {
  id: string;
  at: string;
  actor: string | null;
  action: string;
  targetKind: string;
  targetId: string | null;
  before: unknown;
  after: unknown;
}

interface One {
  id: string;
}
type Nothing = Record<string, never>;

/** Every configuration command: name → input, answer. */
export interface ConfigCalls {
  'member.list': {
    input: Nothing;
    output: { members: MemberConfig[]; invitations: InvitationConfig[] };
  };
  'member.invite': {
    input: { email: string; role: RoleName };
    output: { id: string; path: string; expiresAt: string };
  };
  'member.cancel-invitation': { input: One; output: One };
  'member.update': {
    input: One &
      Partial<Pick<MemberConfig, 'role' | 'displayName' | 'capacity' | 'queues' | 'skills'>>;
    output: One;
  };
  'member.remove': { input: One; output: One };
  'queue.list': { input: Nothing; output: QueueConfig[] };
  'queue.create': { input: QueueFields; output: One };
  'queue.update': { input: One & Partial<QueueFields>; output: One };
  'queue.archive': { input: One; output: One };
  'skill.list': { input: Nothing; output: SkillConfig[] };
  'skill.create': { input: { name: string }; output: One };
  'skill.rename': { input: One & { name: string }; output: One };
  'skill.delete': { input: One; output: One };
  'channel.list': { input: Nothing; output: ChannelConfig[] };
  'channel.create': { input: ChannelFields; output: { id: string; publicKey: string } };
  'channel.update': { input: One & Partial<ChannelFields>; output: One };
  'channel.disable': { input: One; output: One };
  'channel.create-key': {
    input:
      | { channelId: string; algorithm: 'HS256' }
      | { channelId: string; algorithm: 'ES256'; publicKey: string };
    output: { id: string; secret: string | null };
  };
  'channel.revoke-key': { input: One; output: One };
  'canned-reply.list': { input: Nothing; output: CannedReplyConfig[] };
  'canned-reply.create': { input: { shortcut: string; body: string }; output: One };
  'canned-reply.update': { input: One & { shortcut: string; body: string }; output: One };
  'canned-reply.delete': { input: One; output: One };
  'audit.list': {
    input: { before?: string };
    output: { entries: AuditEntryView[]; more: boolean };
  };
}

export type ConfigCall = keyof ConfigCalls;
