import type { Locale } from '#lib/i18n/locale.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: Record<Locale, { h: string; m: string; d: string; between: string }> = {
  en: { d: 'd', h: 'h', m: 'm', between: ' ' },
  'zh-CN': { d: '天', h: '小时', m: '分', between: '' },
};

/**
 * A waiting time as it ticks: `0:07`, `12:30`, then `1h 05m`, `2d 3h`. A clock that runs behind the
 * server's shows 0:00 rather than a negative time.
 * @param ms milliseconds waited
 */
export function formatWaiting(ms: number, locale: Locale): string {
  const waited = Math.max(0, ms);
  const unit = UNITS[locale];
  if (waited < HOUR) {
    const seconds = Math.floor((waited % MINUTE) / SECOND);
    return `${Math.floor(waited / MINUTE)}:${String(seconds).padStart(2, '0')}`;
  }
  if (waited < DAY) {
    const minutes = String(Math.floor((waited % HOUR) / MINUTE)).padStart(2, '0');
    return `${Math.floor(waited / HOUR)}${unit.h}${unit.between}${minutes}${unit.m}`;
  }
  const hours = Math.floor((waited % DAY) / HOUR);
  const days = `${Math.floor(waited / DAY)}${unit.d}`;
  return hours === 0 ? days : `${days}${unit.between}${hours}${unit.h}`;
}

export type Urgency = 'calm' | 'warm' | 'late';

/** How loudly a waiting time is shown: amber from 1 minute, red from 3. */
export function urgencyOf(ms: number): Urgency {
  if (ms >= 3 * MINUTE) return 'late';
  return ms >= MINUTE ? 'warm' : 'calm';
}
