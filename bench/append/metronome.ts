import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread that wakes the loop it belongs to every quarter of a millisecond: timers of an event loop
 * know whole milliseconds only, and a loop that spins instead would be measured as busy. It strikes
 * again only when the last stroke was heard.
 */
const STROKE_MS = 0.25;

const heard = new Int32Array((workerData as { heard: SharedArrayBuffer }).heard);
const never = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  Atomics.wait(never, 0, 0, STROKE_MS);
  if (Atomics.exchange(heard, 0, 0) === 1) parentPort?.postMessage(null);
}
