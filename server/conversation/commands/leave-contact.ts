import type { VisitorInput, VisitorOutput } from '#lib/protocol/envelope.ts';
import type { VisitorCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { keyOf, publicSeqOf } from './asking.ts';

/**
 * The visitor says whom to answer (the offline form); kept on the contact.
 * @throws ParlourError conversation_closed, not_found
 */
export async function leaveContact(
  deps: ConversationDeps,
  ctx: VisitorCtx,
  input: VisitorInput<'contact.leave'>,
): Promise<VisitorOutput<'contact.leave'>> {
  const { conversationId, clientKey, name, email } = input;
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [{ kind: 'contact.left', public: true, data: { name: name || null, email } }],
    guard: (record) => (record.phase === 'closed' ? 'conversation_closed' : null),
  });
  return { seq: publicSeqOf(appended) };
}
