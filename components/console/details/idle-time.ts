import type { Locale } from '#lib/i18n/locale.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/**
 * How long somebody was idle, in words and in the largest unit that fits: `5 minutes`, `2小时`. Whether
 * it was 300 or 340 seconds explains nothing.
 * @param seconds idle, 0 or more
 */
export function idleText(seconds: number, locale: Locale): string {
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? (['second', 1] as const);
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
  return format.format(Math.floor(seconds / size));
}
