import type { Locale } from '#lib/i18n/locale.ts';

const DAY = 24 * 3600 * 1000;

/** Formatters are slow to make (about 50 µs) and are asked for on every row. */
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(
  locale: Locale,
  name: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  cache.set(key, made);
  return made;
}

/** Local calendar day as a number that orders and compares: 20261121. */
export function dayOf(time: number): number {
  const date = new Date(time);
  return date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate();
}

/** Hours and minutes in the reader's custom. */
export function formatTime(time: number, locale: Locale): string {
  return formatter(locale, 'time', { hour: 'numeric', minute: '2-digit' }).format(time);
}

/** Everything, for titles and screen readers. */
export function formatFull(time: number, locale: Locale): string {
  return formatter(locale, 'full', { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

/** "Today", "Yesterday", then the date; the year only when it is another. */
export function formatDay(time: number, now: number, locale: Locale): string {
  const day = dayOf(time);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  if (day === dayOf(now)) return capital(relative.format(0, 'day'));
  if (day === dayOf(now - DAY)) return capital(relative.format(-1, 'day'));
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? formatter(locale, 'day', { weekday: 'long', month: 'long', day: 'numeric' }).format(time)
    : formatter(locale, 'date', { dateStyle: 'long' }).format(time);
}

/** The shortest that places a message: time today, weekday within a week, else the date. */
export function formatShort(time: number, now: number, locale: Locale): string {
  if (dayOf(time) === dayOf(now)) return formatTime(time, locale);
  if (now - time < 6 * DAY && now > time) {
    return formatter(locale, 'weekday', { weekday: 'short' }).format(time);
  }
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? formatter(locale, 'short', { month: 'short', day: 'numeric' }).format(time)
    : formatter(locale, 'shortYear', { year: 'numeric', month: 'numeric', day: 'numeric' }).format(
        time,
      );
}
