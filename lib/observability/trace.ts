import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const storage = new AsyncLocalStorage<{ trace: string }>();

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A trace id as W3C Trace Context has it: 16 bytes in lower-case hex. */
export function newTrace(): string {
  return randomBytes(16).toString('hex');
}

/** The trace id of a `traceparent` header, or a new one when it has none that is valid. */
export function traceFrom(header: string | undefined): string {
  const id = header ? TRACEPARENT.exec(header)?.[1] : undefined;
  return id && !/^0+$/.test(id) ? id : newTrace();
}

/** Runs `work` so that every log line written in it carries `trace`. */
export function withTrace<T>(trace: string, work: () => T): T {
  return storage.run({ trace }, work);
}

/** The trace id of the running request or command, if there is one. */
export function currentTrace(): string | undefined {
  return storage.getStore()?.trace;
}
