import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { newTrace, traceFrom, withTrace } from './trace.ts';

function collecting() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { lines, logger: createLogger({ level: 'info', name: 'desk' }, stream) };
}

test('a line carries the trace of the request it belongs to, across awaits', async () => {
  const { lines, logger } = collecting();
  const [a, b] = [newTrace(), newTrace()];
  await Promise.all(
    [a, b].map((trace) =>
      withTrace(trace, async () => {
        await Promise.resolve();
        logger.info('message_appended');
      }),
    ),
  );
  logger.info('desk_started');
  expect(lines.map((line) => line.trace)).toEqual([a, b, undefined]);
  expect(lines[0]).toMatchObject({ level: 'info', process: 'desk', msg: 'message_appended' });
});

test('secrets never reach a line', () => {
  const { lines, logger } = collecting();
  logger.info({
    password: 'hush-1',
    user: { token: 'hush-2', name: 'Ann' },
    request: { headers: { authorization: 'hush-3', cookie: 'hush-4', 'set-cookie': 'hush-5' } },
  });
  logger.error({ err: new Error('connect to postgres://parlour:hush-6@db:5432/parlour failed') });
  expect(JSON.stringify(lines)).not.toContain('hush');
  expect(JSON.stringify(lines)).toContain('postgres://parlour:***@db:5432/parlour');
  expect(lines[0]).toMatchObject({ user: { name: 'Ann' } });
  logger.error({ err: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
  expect(lines[2]).toMatchObject({ err: { code: 'ECONNREFUSED', message: 'refused' } });
});

test('a trace comes from a valid traceparent only', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  expect(traceFrom(`00-${id}-00f067aa0ba902b7-01`)).toBe(id);
  for (const header of [
    undefined,
    'x',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${id}\n-00f067aa0ba902b7-01`,
  ]) {
    expect(traceFrom(header)).toMatch(/^[0-9a-f]{32}$/);
    expect(traceFrom(header)).not.toBe(id);
  }
});
