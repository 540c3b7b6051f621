import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

const storage = new AsyncLocalStorage<{ trace: string }>();

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const TRACE_BYTES = 16;
/** Randomness for 256 traces: asked of the kernel one by one they were 5 % of a message's cost. */
const pool = Buffer.allocUnsafe(256 * TRACE_BYTES);
let used = pool.length;

/** A trace id as W3C Trace Context has it: 16 bytes in lower-case hex. */
export function newTrace(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += TRACE_BYTES;
  return pool.toString('hex', used - TRACE_BYTES, used);
}

/** A `traceparent` header (https://www.w3.org/TR/trace-context/), or null when it is not a valid one. */
export function parseTraceparent(
  header: string | undefined,
): { trace: string; span: string; flags: number } | null {
  const [, trace, span, flags] = (header ? TRACEPARENT.exec(header) : null) ?? [];
  if (!trace || !span || !flags || /^0+$/.test(trace) || /^0+$/.test(span)) return null;
  return { trace, span, flags: Number.parseInt(flags, 16) };
}

/** The trace id of a `traceparent` header, or a new one when it has none that is valid. */
export function traceFrom(header: string | undefined): string {
  return parseTraceparent(header)?.trace ?? newTrace();
}

/** Runs `work` so that every log line written in it carries `trace`. */
export function withTrace<T>(trace: string, work: () => T): T {
  return storage.run({ trace }, work);
}

/** Runs `work` for nobody in particular, so that what it logs is not taken for the caller's. */
export function withoutTrace<T>(work: () => T): T {
  return storage.exit(work);
}

/** The trace id of the running request or command, if there is one. */
export function currentTrace(): string | undefined {
  return storage.getStore()?.trace;
}
