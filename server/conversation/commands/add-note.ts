import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import { unseen } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { instant } from '../presenters/names.ts';
import { accessOf, keyOf } from './asking.ts';

/**
 * A note for members, by anybody who may see the conversation, closed or not.
 * @throws ParlourError not_found
 */
export async function addNote(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey, text }: MemberInput<'note.add'>,
): Promise<MemberOutput<'note.add'>> {
  const access = await accessOf(deps, ctx);
  const { seq, at } = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [{ kind: 'note.added', public: false, data: { text } }],
    guard: (record) => unseen(access, record),
  });
  return { seq, at: instant(at) };
}
