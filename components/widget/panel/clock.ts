import type { Words } from './words.ts';

const DAY_MS = 86_400_000;

/** `2:05 PM`, `14:05`, in the reader's manner. */
export const timeOf = (at: string, { locale }: Words) =>
  new Date(at).toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' });

/** Today, yesterday, `3 March`, and with the year when it is another one. */
export function dayOf(at: string, words: Words, now = Date.now()): string {
  const date = new Date(at);
  const same = (ms: number) => date.toDateString() === new Date(ms).toDateString();
  if (same(now)) return words.say('thread.today');
  if (same(now - DAY_MS)) return words.say('thread.yesterday');
  const thisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(words.locale, {
    month: 'long',
    day: 'numeric',
    ...(thisYear ? {} : { year: 'numeric' }),
  });
}

/** For lists: the time today, the day before that. */
export function shortDate(at: string, words: Words, now = Date.now()): string {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return today ? timeOf(at, words) : dayOf(at, words, now);
}
