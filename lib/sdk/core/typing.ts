import { LIMITS } from '#lib/protocol/limits.ts';
import type { ClientPorts } from '../api.ts';

type Ports = Pick<ClientPorts, 'now' | 'setTimeout' | 'clearTimeout'>;

/** Going on typing is told again after this, well before the others' display lapses. */
const REPEAT_MS = LIMITS.typingShownMs / 2;

/** Turns a call per input event into at most two signals a second (D5). */
export function createTypingSignal(ports: Ports, send: (on: boolean) => void) {
  let said = false;
  let saidAt = Number.NEGATIVE_INFINITY;
  let timer: unknown = null;
  const say = (on: boolean) => {
    said = on;
    saidAt = ports.now();
    send(on);
  };
  const cancel = () => {
    if (timer !== null) ports.clearTimeout(timer);
    timer = null;
  };
  return {
    set(on: boolean) {
      cancel();
      const since = ports.now() - saidAt;
      if (on === said && (!on || since < REPEAT_MS)) return;
      if (since >= LIMITS.typingEveryMs) say(on);
      else timer = ports.setTimeout(() => say(on), LIMITS.typingEveryMs - since);
    },
    stop: cancel,
  };
}

/** Who is typing, forgotten when the signal is not repeated in time. */
export function createTypingShown<T>(ports: Ports, onChange: () => void) {
  let who: T | null = null;
  let timer: unknown = null;
  const show = (value: T | null) => {
    if (timer !== null) ports.clearTimeout(timer);
    timer = value === null ? null : ports.setTimeout(() => show(null), LIMITS.typingShownMs);
    if (who === null && value === null) return;
    who = value;
    onChange();
  };
  return { get: () => who, show, stop: () => ports.clearTimeout(timer) };
}
