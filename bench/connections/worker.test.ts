import { fork } from 'node:child_process';
import { expect, test } from 'vitest';
import { callsTo } from './worker.ts';

/** A server that a bench watches, in small: it answers the probe beside messages of its own. */
const PROBE = new URL('./probe.ts', import.meta.url).pathname;

test('the probe answers beside a server’s own messages, and an ended process fails its calls', async () => {
  const child = fork('-e', [], {
    execArgv: [
      '--expose-gc',
      '--import',
      PROBE,
      '-e',
      'process.send({ type: "ready", port: 1 }); process.on("message", () => {})',
      '--',
    ],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const probe = callsTo<{ settled(): { rss: number; heap: number }; cut(port: number): number }>(
    child,
  );
  const { rss, heap } = await probe.settled();
  expect(heap).toBeGreaterThan(1e6);
  expect(rss).toBeGreaterThan(heap);
  expect(await probe.cut(1)).toBe(0);
  const late = probe.settled();
  child.kill('SIGKILL');
  await expect(late).rejects.toThrow('ended with SIGKILL');
  await gone;
});
