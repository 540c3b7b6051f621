/** Figures as people read them. */

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** Three digits, or all before the point: 0.0432, 14.9, 12,345. */
export function figure(value: number): string {
  return Math.abs(value) >= 1_000 ? whole.format(value) : plain.format(value);
}

/** On an axis: 12K, 1M. */
export function tickLabel(value: number): string {
  return Math.abs(value) >= 1_000 ? short.format(value) : plain.format(value);
}

const UNITS: Record<string, string> = {
  '1/s': 'per second',
  ratio: '×',
  count: '',
  bytes: 'bytes',
};

/** `1/s` is short for a machine; a person reads `per second`. */
export const unitLabel = (unit: string): string => UNITS[unit] ?? unit;

/** `p95_ms_100` → `p95 ms 100`; names stay searchable. */
export const metricLabel = (name: string): string =>
  name.slice(name.indexOf('.') + 1).replaceAll('_', ' ');

/** A change as a share of what was: +4.2 %, −12 %; null below half a percent. */
export function change(before: number, after: number): string | null {
  const percent = (after / before - 1) * 100;
  if (!Number.isFinite(percent) || Math.abs(percent) < 0.5) return null;
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(digits)} %`;
}

/** `2026-11-21 11:40 UTC` */
export const moment = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
