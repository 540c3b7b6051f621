import { DURATION_MAX, TIMESTAMP_RANGE } from './limits.ts';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * "1h30m", "-1.5s", "0": Go's notation, as CEL has it, down to the millisecond.
 * @returns ms, or null when it is none, is not a whole number of ms or lies beyond ± 292 years
 */
export function readDuration(text: string): number | null {
  if (/^[+-]?0$/.test(text)) return 0;
  if (text.length > 64 || !/^[+-]?([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(text)) return null;
  let total = 0;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(
    /([0-9]+)(?:\.([0-9]+))?(ms|s|m|h)/g,
  )) {
    const ms = UNIT_MS[unit] ?? 0;
    // Whole numbers throughout: 0.1 s is 100 ms, not 100.00000000000001.
    const digits = fraction.replace(/0+$/, '');
    if (whole.length > 15 || digits.length > 7) return null;
    const part = (Number(digits || 0) * ms) / 10 ** digits.length;
    total += Number(whole) * ms + part;
  }
  if (!Number.isSafeInteger(total) || total > DURATION_MAX) return null;
  return text.startsWith('-') ? 0 - total : total;
}

/** Shortest notation: "1h30m", "90.5s" as "1m30.5s"; reads back to the same. */
export function writeDuration(ms: number): string {
  if (ms === 0) return '0s';
  const rest = Math.abs(ms);
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor((rest % 3_600_000) / 60_000);
  const seconds = (rest % 60_000) / 1000;
  const sign = ms < 0 ? '-' : '';
  return (
    sign +
    (hours ? `${hours}h` : '') +
    (minutes ? `${minutes}m` : '') +
    (seconds ? `${seconds}s` : '')
  );
}

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})0*)?(?:Z|([+-])(\d\d):(\d\d))$/;

/** RFC 3339 down to the millisecond. @returns ms since the epoch, or null */
export function readTimestamp(text: string): number | null {
  if (text.length > 40) return null;
  const found = RFC3339.exec(text);
  if (!found) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offHours, offMinutes] =
    found;
  const days = readDate(`${year}-${month}-${day}`);
  const clock = readTime(`${hour}:${minute}`);
  if (days === null || clock === null || clock >= DAY || Number(second) > 59) return null;
  if (Number(offHours ?? 0) > 23 || Number(offMinutes ?? 0) > 59) return null;
  const offset = (Number(offHours ?? 0) * 60 + Number(offMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  const ms =
    days * 86_400_000 +
    (clock - offset) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.padEnd(3, '0'));
  return ms >= TIMESTAMP_RANGE.least && ms <= TIMESTAMP_RANGE.most ? ms : null;
}

const DAY = 24 * 60;

/** "09:00" to "24:00". @returns minutes since midnight, or null */
export function readTime(text: string): number | null {
  const found = /^(\d\d):(\d\d)$/.exec(text);
  const minutes = Number(found?.[1]) * 60 + Number(found?.[2]);
  return found && Number(found[2]) < 60 && minutes <= DAY ? minutes : null;
}

/** "2026-10-01". @returns days since 1970-01-01, or null when there is no such day */
export function readDate(text: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found || found[1] === '0000') return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return date.toISOString().startsWith(text) ? Math.round(date.getTime() / 86_400_000) : null;
}
