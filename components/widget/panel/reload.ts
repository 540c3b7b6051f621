import type { StoragePort } from '#lib/sdk/api.ts';

const NAME = 'reloaded';
/** ms within which a panel that is still too old does not reload by itself again. */
const ONCE_IN_MS = 600_000;

/**
 * Whether the panel may reload by itself now, and notes that it does. A server that stays ahead of
 * its own assets (a deployment half done) must not make it reload for ever.
 */
export function mayReload(storage: Pick<StoragePort, 'get' | 'set'>, now: number): boolean {
  const before = Number(storage.get(NAME) ?? 0);
  if (now - before < ONCE_IN_MS) return false;
  storage.set(NAME, String(now));
  return true;
}
