/** What the launcher says, in the reader's language. */
export interface Say {
  open: string;
  close: string;
  /** Holds `{count}`. */
  unread: string;
  unreachable: string;
}

/** How the launcher looks and speaks, from the desk (`GET /widget/<key>/appearance`). */
export interface Appearance {
  /** `#rrggbb`, and black or white, whichever reads better on it. */
  accent: string;
  on: string;
  position: 'left' | 'right';
  /** The channel's title. */
  label: string;
  say: Say;
}

const isColour = (value: unknown) => /^#[\da-f]{6}$/i.test(String(value));

/**
 * Takes an Appearance out of what came over the wire; null when it is none.
 * By hand and not with zod: a schema library would double the loader (decision 0070).
 */
export function readAppearance(value: unknown): Appearance | null {
  const { accent, on, position, say } = (value ?? {}) as Partial<Appearance>;
  return isColour(accent) && isColour(on) && /^(left|right)$/.test(String(position)) && say?.unread
    ? (value as Appearance)
    : null;
}

/** ms until a request is given up: a desk that hangs must cost the page nothing. */
export const ANSWER_WITHIN_MS = 8000;

/** JSON from the desk without cookies; null: refused for good (4xx). @throws when it may be retried */
export async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const answer = await fetch(url, { ...init, credentials: 'omit', signal });
  if (answer.ok) return answer.json();
  if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) return null;
  throw answer.status;
}

/** ms before attempt n (from 1) is repeated: 2 s doubling to 5 min, ±25 % by `chance` in [0, 1). */
export const pause = (attempt: number, chance: number): number =>
  Math.min(1000 * 2 ** attempt, 300_000) * (0.75 + chance / 2);
