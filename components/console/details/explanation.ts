import { z } from 'zod';
import { FAILED_CONDITIONS } from '#lib/domain/routing/model.ts';
import type { MemberItem } from '#lib/sdk/api.ts';

/** What routing kept with an offer (Law 9); parsed, since an older log may hold another form. */
const Explanation = z.object({
  policyVersion: z.string(),
  ring: z.number(),
  candidates: z.array(
    z.object({
      memberId: z.string(),
      score: z.number().nullable(),
      terms: z.record(z.string(), z.number().nullable()),
    }),
  ),
  failed: z.partialRecord(z.enum(FAILED_CONDITIONS), z.number()),
});
export type Explanation = z.infer<typeof Explanation>;

/** The newest decision of a conversation and whom it chose; null where nothing was ever offered. */
export function lastExplanation(
  items: readonly MemberItem[],
): { chosenId: string | null; explanation: Explanation } | null {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item?.kind !== 'event' || item.event.kind !== 'transition') continue;
    const parsed = Explanation.safeParse(item.event.explanation);
    if (!parsed.success) continue;
    return {
      chosenId: item.event.targetMemberId ?? item.event.ownerId,
      explanation: parsed.data,
    };
  }
  return null;
}
