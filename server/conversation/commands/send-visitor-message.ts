import type { VisitorInput, VisitorOutput } from '#lib/protocol/envelope.ts';
import type { VisitorCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { instant } from '../presenters/names.ts';
import { keyOf, publicSeqOf } from './asking.ts';

/**
 * The visitor speaks. With `open` the conversation is opened when it does not exist; when the person
 * has an open one in the channel already, the message goes there and the answer says so.
 * @throws ParlourError conversation_closed, id_out_of_range, not_found
 */
export async function sendVisitorMessage(
  deps: ConversationDeps,
  ctx: VisitorCtx,
  input: VisitorInput<'message.send'>,
): Promise<VisitorOutput<'message.send'>> {
  const { channelId, contactId, visitorId } = ctx.actor;
  const appended = await deps.append({
    ctx,
    conversationId: input.conversationId,
    key: keyOf(ctx, input.clientKey),
    ...(input.open && {
      open: {
        channelId,
        contactId,
        visitorId,
        previousId: input.open.previousId ?? null,
        page: input.open.page ?? null,
      },
    }),
    entries: [{ kind: 'message.sent', public: true, data: { text: input.text } }],
    event: { type: 'visitor.message' },
  });
  return {
    conversationId: appended.conversationId,
    seq: publicSeqOf(appended),
    at: instant(appended.at),
  };
}
