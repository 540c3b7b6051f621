import type {
  MemberInput,
  MemberOutput,
  VisitorInput,
  VisitorOutput,
} from '#lib/protocol/envelope.ts';
import type { MemberCommandName } from '#lib/protocol/member.ts';
import type { VisitorCommandName } from '#lib/protocol/visitor.ts';
import type { MemberCtx, VisitorCtx } from '../context.ts';
import type { CommandSpec, ConversationDeps } from '../ports.ts';
import { asMember, asVisitor } from '../reads/actors.ts';
import { acceptOffer } from './accept-offer.ts';
import { acceptTransfer } from './accept-transfer.ts';
import { addNote } from './add-note.ts';
import { cancelTransfer } from './cancel-transfer.ts';
import { declineOffer } from './decline-offer.ts';
import { declineTransfer } from './decline-transfer.ts';
import { endMemberConversation } from './end-member-conversation.ts';
import { endVisitorConversation } from './end-visitor-conversation.ts';
import { finishWrapup } from './finish-wrapup.ts';
import { leaveContact } from './leave-contact.ts';
import { rateConversation } from './rate-conversation.ts';
import { readMemberConversation } from './read-member-conversation.ts';
import { readVisitorConversation } from './read-visitor-conversation.ts';
import { requestTransfer } from './request-transfer.ts';
import { returnConversation } from './return-conversation.ts';
import { sendMemberMessage } from './send-member-message.ts';
import { sendVisitorMessage } from './send-visitor-message.ts';
import { takeConversation } from './take-conversation.ts';

function forVisitor<N extends VisitorCommandName>(
  name: N,
  limit: CommandSpec['limit'],
  run: (
    deps: ConversationDeps,
    ctx: VisitorCtx,
    input: VisitorInput<N>,
  ) => Promise<VisitorOutput<N>>,
): CommandSpec {
  return {
    name,
    audience: 'visitor',
    limit,
    // The edge has parsed the input with the command's own schema.
    run: async (deps, ctx, input) => run(deps, asVisitor(ctx), input as VisitorInput<N>),
  };
}

function forMember<N extends MemberCommandName>(
  name: N,
  limit: CommandSpec['limit'],
  run: (deps: ConversationDeps, ctx: MemberCtx, input: MemberInput<N>) => Promise<MemberOutput<N>>,
): CommandSpec {
  return {
    name,
    audience: 'member',
    role: 'agent',
    limit,
    run: async (deps, ctx, input) => run(deps, asMember(ctx), input as MemberInput<N>),
  };
}

/** Commands that write to conversations. */
export const WRITE_COMMANDS: readonly CommandSpec[] = [
  forVisitor('message.send', 'message', sendVisitorMessage),
  forVisitor('contact.leave', 'action', leaveContact),
  forVisitor('conversation.end', 'action', endVisitorConversation),
  forVisitor('conversation.rate', 'action', rateConversation),
  forVisitor('conversation.read', 'signal', readVisitorConversation),
  forMember('message.send', 'message', sendMemberMessage),
  forMember('note.add', 'message', addNote),
  forMember('conversation.take', 'action', takeConversation),
  forMember('offer.accept', 'action', acceptOffer),
  forMember('offer.decline', 'action', declineOffer),
  forMember('transfer.request', 'action', requestTransfer),
  forMember('transfer.accept', 'action', acceptTransfer),
  forMember('transfer.decline', 'action', declineTransfer),
  forMember('transfer.cancel', 'action', cancelTransfer),
  forMember('conversation.return', 'action', returnConversation),
  forMember('conversation.end', 'action', endMemberConversation),
  forMember('wrapup.finish', 'action', finishWrapup),
  forMember('conversation.read', 'signal', readMemberConversation),
];
