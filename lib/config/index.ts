import { listAudit } from './audit/list-audit.ts';
import {
  createCannedReply,
  deleteCannedReply,
  listCannedReplies,
  updateCannedReply,
} from './canned-replies/canned-replies.ts';
import { createChannelKey, revokeChannelKey } from './channels/channel-keys.ts';
import { createChannel, disableChannel, listChannels, updateChannel } from './channels/channels.ts';
import type { ConfigCommand } from './command.ts';
import { cancelInvitation } from './members/cancel-invitation.ts';
import { inviteMember } from './members/invite-member.ts';
import { listMembers } from './members/list-members.ts';
import { removeMember } from './members/remove-member.ts';
import { updateMember } from './members/update-member.ts';
import { archiveQueue, createQueue, listQueues, updateQueue } from './queues/queues.ts';
import { createSkill, deleteSkill, listSkills, renameSkill } from './skills/skills.ts';

/** Every configuration command; the registry test tries each as everybody who may not. */
export const CONFIG_COMMANDS = [
  listMembers,
  inviteMember,
  cancelInvitation,
  updateMember,
  removeMember,
  listQueues,
  createQueue,
  updateQueue,
  archiveQueue,
  listSkills,
  createSkill,
  renameSkill,
  deleteSkill,
  listChannels,
  createChannel,
  updateChannel,
  disableChannel,
  createChannelKey,
  revokeChannelKey,
  listCannedReplies,
  createCannedReply,
  updateCannedReply,
  deleteCannedReply,
  listAudit,
] as const satisfies readonly { name: string }[];

type Command = (typeof CONFIG_COMMANDS)[number];
export type ConfigCommandName = Command['name'];

export function configCommand(name: string): ConfigCommand | undefined {
  return (CONFIG_COMMANDS as readonly unknown[]).find(
    (c): c is ConfigCommand => (c as ConfigCommand).name === name,
  );
}
