import { TIMESTAMP_RANGE } from './limits.ts';

/**
 * Offsets of time zones, from the tables that come with the JavaScript engine. They are looked up once
 * for each quarter of an hour: asking `Intl` takes some 2 µs, a rule has a tenth of one.
 */
interface Zone {
  format: Intl.DateTimeFormat;
  /** The quarter of an hour whose offset is kept, ms. */
  from: number;
  until: number;
  offset: number;
}

/** There are some 600 names; what comes from data cannot fill the memory. */
const MOST_ZONES = 1_000;
const zones = new Map<string, Zone | null>();

/** Since then every zone has changed its offset at a whole quarter of an hour only. */
const STEADY_SINCE = Date.UTC(1973, 0, 1);
const QUARTER = 900_000;

/** @returns null when there is no such zone */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (zones.size >= MOST_ZONES) zones.clear();
  const zone = name.length > 64 ? null : openZone(name);
  zones.set(name.slice(0, 65), zone);
  return zone;
}

function openZone(timeZone: string): Zone | null {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    return { format, from: 0, until: 0, offset: 0 };
  } catch (problem) {
    if (problem instanceof RangeError) return null;
    throw problem;
  }
}

export const isZone = (name: string): boolean => zoneOf(name) !== null;

/** ms to add to `at` to read the wall clock there with UTC's arithmetic; null outside years 1 to 9999. */
export function localTime(zone: Zone, at: number): number | null {
  if (at >= zone.from && at < zone.until) return at + zone.offset;
  if (!(at >= TIMESTAMP_RANGE.least && at <= TIMESTAMP_RANGE.most)) return null;
  const offset = askOffset(zone, at);
  if (at >= STEADY_SINCE) {
    zone.from = Math.floor(at / QUARTER) * QUARTER;
    zone.until = zone.from + QUARTER;
    zone.offset = offset;
  }
  return at + offset;
}

/** From "GMT+08:00", "GMT-00:44:30" or "GMT". */
function askOffset({ format }: Zone, at: number): number {
  const part = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const found = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(part);
  if (!found) return 0;
  const [, sign, hours, minutes, seconds = '0'] = found;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Days since 1970-01-01 of a local time. */
export const dayNumber = (local: number): number => Math.floor(local / DAY);
/** Minutes since midnight. */
export const minuteOfDay = (local: number): number =>
  Math.floor((local - dayNumber(local) * DAY) / MINUTE);
/** 1 Monday to 7 Sunday (ISO 8601); 1970-01-01 was a Thursday. */
export function weekday(local: number): number {
  const sinceMonday = dayNumber(local) + 3;
  return sinceMonday - Math.floor(sinceMonday / 7) * 7 + 1;
}
