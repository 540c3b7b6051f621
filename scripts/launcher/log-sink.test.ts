import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogSink, renderLine } from './log-sink.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'log-sink-test-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

test('a log is readable by its owner only, keeps its last lines, and turns over when it is full', async () => {
  const sink = createLogSink(dataDir, 'desk', 'nothing', 100);
  for (let n = 0; n < 12; n += 1) {
    sink.write(Buffer.from(`line ${n} of twenty b\n`));
    await vi.waitFor(() => expect(readFileSync(sink.file, 'utf8')).toContain(`line ${n} `));
  }
  expect(readdirSync(join(dataDir, 'logs')).sort()).toEqual(['desk.log', 'desk.log.1']);
  expect(statSync(sink.file).mode & 0o777).toBe(0o600);
  expect(statSync(`${sink.file}.1`).size).toBeLessThanOrEqual(100);
  sink.write(Buffer.from('cut o'));
  expect(sink.tail(2)).toBe('line 11 of twenty b\ncut o');
});

test('a terminal shows what needs attention, in short', () => {
  const line = (level: string) =>
    JSON.stringify({
      level,
      time: '2026-01-02T03:04:05.678Z',
      process: 'desk',
      msg: 'db_lost',
      err: { message: 'gone' },
    });
  expect(renderLine(line('info'), 'warn')).toBeUndefined();
  expect(renderLine('▲ Next.js', 'warn')).toBeUndefined();
  expect(renderLine('{"level":"err', 'warn')).toBeUndefined();
  expect(renderLine(line('error'), 'warn')).toBe('03:04:05 error desk db_lost: gone');
});
