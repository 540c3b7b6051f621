import { z } from 'zod';

export type ComposerMode = 'reply' | 'note';

export interface Draft {
  mode: ComposerMode;
  reply: string;
  note: string;
}

export const EMPTY_DRAFT: Draft = { mode: 'reply', reply: '', note: '' };

/** The part of Storage that is used; may throw (full, or forbidden). */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const PREFIX = 'parlour.draft.';
/** A draft nobody came back to for a month is dropped. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

const Stored = z.object({
  mode: z.enum(['reply', 'note']),
  reply: z.string(),
  note: z.string(),
  at: z.number(),
});

export interface Drafts {
  load(conversationId: string): Draft;
  save(conversationId: string, draft: Draft): void;
  /** Conversations with something unsent in them. */
  held(): Set<string>;
}

/**
 * Unsent texts of one member on this device, one entry per conversation. Where the storage throws,
 * they live as long as the page.
 * @param now ms since the epoch
 */
export function createDrafts(
  storage: DraftStorage | null,
  memberId: string,
  now: () => number,
): Drafts {
  const memory = new Map<string, Draft>();
  const prefix = `${PREFIX}${memberId}.`;

  function guarded<T>(fallback: T, work: (storage: DraftStorage) => T): T {
    if (!storage) return fallback;
    try {
      return work(storage);
    } catch (error) {
      console.warn('drafts are kept in memory only', error);
      return fallback;
    }
  }

  function parse(raw: string | null) {
    if (raw === null) return null;
    try {
      const parsed = Stored.safeParse(JSON.parse(raw));
      return parsed.success ? parsed.data : null;
    } catch {
      // Not JSON: written by something else, or cut short.
      return null;
    }
  }

  guarded(undefined, (kept) => {
    const keys = Array.from({ length: kept.length }, (_, i) => kept.key(i));
    for (const key of keys) {
      if (!key?.startsWith(prefix)) continue;
      const entry = parse(kept.getItem(key));
      if (!entry || now() - entry.at > KEPT_MS) kept.removeItem(key);
      else
        memory.set(key.slice(prefix.length), {
          mode: entry.mode,
          reply: entry.reply,
          note: entry.note,
        });
    }
  });

  return {
    load(conversationId) {
      const stored = guarded(null, (kept) => parse(kept.getItem(prefix + conversationId)));
      if (stored) return { mode: stored.mode, reply: stored.reply, note: stored.note };
      return memory.get(conversationId) ?? EMPTY_DRAFT;
    },
    save(conversationId, draft) {
      const empty = draft.reply === '' && draft.note === '';
      if (empty) memory.delete(conversationId);
      else memory.set(conversationId, draft);
      guarded(undefined, (kept) => {
        const key = prefix + conversationId;
        if (empty) kept.removeItem(key);
        else kept.setItem(key, JSON.stringify({ ...draft, at: now() }));
      });
    },
    held: () => new Set(memory.keys()),
  };
}
