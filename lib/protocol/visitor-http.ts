import * as z from 'zod/mini';
import { Id, Seq } from './primitives.ts';
import { VisitorConversation } from './visitor.ts';

/**
 * What visitors ask over plain HTTPS besides the session and the commands. Both carry the token as
 * `Authorization: Bearer …`.
 */

/**
 * POST /api/v1/visitor/poll: answers as soon as a head differs from the one given, or a conversation
 * is there that was not named, else after some 25 s with what there is.
 */
export const VisitorPollRequest = z.object({
  heads: z.record(Id, Seq).check(z.refine((heads) => Object.keys(heads).length <= 100)),
});
export type VisitorPollRequest = z.infer<typeof VisitorPollRequest>;

export const VisitorPoll = z.object({
  changed: z.boolean(),
  /** Newest first, at most 20; empty when nothing changed. */
  conversations: z.array(VisitorConversation),
});
export type VisitorPoll = z.infer<typeof VisitorPoll>;

/**
 * GET /api/v1/visitor/unread: for the loader, before the panel is fetched. An identified visitor's
 * count is only told with the site's JWT in `X-Parlour-Identity`; without it the count is 0.
 */
export const VisitorUnread = z.object({ unread: z.int() });
export type VisitorUnread = z.infer<typeof VisitorUnread>;
