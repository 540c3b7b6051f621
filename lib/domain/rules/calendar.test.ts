import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDate, readTime, readTimestamp } from './calendar.ts';
import { compileRule, readDuration, ruleSchema, t, writeDuration } from './index.ts';
import { runs } from './test/runs.ts';

/** Random tests end by their count, not by a clock: ms that even a slow machine does not need. */
const PATIENCE = 300_000;

const SCHEMA = ruleSchema({ now: t.timestamp, zone: t.string() });

function holds(source: string, now: string, zone = 'UTC'): boolean | string {
  const compiled = compileRule(source, SCHEMA);
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
  const found = compiled.rule.evaluate({ now: Date.parse(now), zone });
  return typeof found === 'boolean' ? found : found.code;
}

test.each([
  ['2026-11-21T00:59:59.999Z', false],
  ['2026-11-21T01:00:00Z', true],
  ['2026-11-21T09:59:00Z', true],
  ['2026-11-21T10:00:00Z', false],
])('Z1: at %s it is opening time in Shanghai: %s', (now, expected) => {
  const clock = 'timeOfDay(now, "Asia/Shanghai")';
  expect(holds(`${clock} >= "09:00" && ${clock} < "18:00"`, now)).toBe(expected);
});

test('Z1: days begin at midnight there, Monday is 1 and Sunday 7', () => {
  expect(holds('dayOfWeek(now, "Asia/Shanghai") == 7', '2026-11-21T16:00:00Z')).toBe(true);
  expect(holds('dayOfWeek(now, "UTC") == 6', '2026-11-21T16:00:00Z')).toBe(true);
  expect(holds('dayOfWeek(now, "UTC") == 1', '2026-11-23T00:00:00Z')).toBe(true);
  expect(holds('dateOf(now, "Asia/Shanghai") == "2026-10-01"', '2026-09-30T16:00:00Z')).toBe(true);
  expect(holds('dateOf(now, "UTC") < "2026-10-01"', '2026-09-30T23:59:59Z')).toBe(true);
  expect(holds('dayOfWeek(now, "UTC") == 3', '1969-12-31T23:59:59Z')).toBe(true);
});

test('Z2: daylight saving is known, on both sides of the change, asked in any order', () => {
  const clock = 'timeOfDay(now, "America/New_York")';
  expect(holds(`${clock} == "01:59"`, '2026-11-01T05:59:00Z')).toBe(true);
  expect(holds(`${clock} == "01:00"`, '2026-11-01T06:00:00Z')).toBe(true);
  expect(holds(`${clock} == "01:59"`, '2026-11-01T05:59:00Z')).toBe(true);
  expect(holds(`${clock} == "03:00"`, '2026-03-08T07:00:00Z')).toBe(true);
});

test('Z2: offsets before 1973 changed at odd seconds, which are told exactly', () => {
  const clock = 'timeOfDay(now, "Africa/Monrovia")';
  expect(holds(`${clock} == "00:44"`, '1972-01-07T00:44:30Z')).toBe(true);
  expect(holds(`${clock} == "23:59"`, '1972-01-07T00:44:29Z')).toBe(true);
});

test('Z2: a zone from data that does not exist fails', () => {
  expect(holds('dayOfWeek(now, zone) == 6', '2026-11-21T10:00:00Z', 'Asia/Shanghai')).toBe(true);
  expect(holds('dayOfWeek(now, zone) == 6', '2026-11-21T10:00:00Z', 'x'.repeat(9_000))).toBe(
    'unknown_time_zone',
  );
});

test.each([
  ['1h30m', 5_400_000],
  ['-1.5s', -1500],
  ['0.1s', 100],
  ['500ms', 500],
  ['0', 0],
  ['-0', 0],
  ['1.5', null],
  ['1d', null],
  ['', null],
  ['1ns', null],
  ['0.0001s', null],
  ['h', null],
  ['99999999999h', null],
])('Z3: duration("%s") is %s ms', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

test('Z3: a duration written and read again is the same', { timeout: PATIENCE }, () => {
  const spans = fc.integer({ min: -9_223_372_036_854, max: 9_223_372_036_854 });
  fc.assert(
    fc.property(spans, (ms) => readDuration(writeDuration(ms)) === ms),
    runs(1_000),
  );
});

test('Z3: timestamps are read as JavaScript reads them, and nothing else is', {
  timeout: PATIENCE,
}, () => {
  const times = fc.date({
    min: new Date('0001-01-01'),
    max: new Date('9999-12-31'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (at) => readTimestamp(at.toISOString()) === at.getTime()),
    runs(1_000),
  );
  expect(readTimestamp('2026-01-31T17:00:00+08:00')).toBe(Date.parse('2026-01-31T09:00:00Z'));
  for (const text of [
    '2026-01-31',
    '2026-02-30T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T09:00Z',
  ])
    expect(readTimestamp(text)).toBeNull();
  expect([readTime('24:00'), readTime('9:00'), readTime('23:60')]).toEqual([1440, null, null]);
  expect([readDate('1970-01-02'), readDate('2026-2-1'), readDate('0000-01-01')]).toEqual([
    1,
    null,
    null,
  ]);
});
