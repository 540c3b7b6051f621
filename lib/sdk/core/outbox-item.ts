import * as z from 'zod/mini';

/**
 * One thing the server shall do exactly once, as it is kept over reloads. The key is made before the
 * first attempt and never changes; keys sort in the order of writing.
 */
export const OutboxItem = z.object({
  clientKey: z.string(),
  name: z.string(),
  conversationId: z.string(),
  /** The command's input without conversation and key. */
  input: z.record(z.string(), z.unknown()),
  /** ms since the epoch by this device's clock */
  at: z.number(),
  /** Who wrote it (visitor id); null: before the first session. Nobody else ever sends it. */
  owner: z.nullable(z.string()),
  /** Its conversation continues that one. */
  previousId: z.nullable(z.string()),
});
export type OutboxItem = z.infer<typeof OutboxItem>;

/** null for what cannot be read: written by other code or damaged. */
export function readOutboxItem(stored: string | null): OutboxItem | null {
  if (stored === null) return null;
  try {
    const parsed = z.safeParse(OutboxItem, JSON.parse(stored));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: same as not readable.
    return null;
  }
}
