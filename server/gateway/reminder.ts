import type { GatewayContext } from './ports.ts';

/** Other nodes' publishers come back within so long of our subscriber: node-redis waits 2 s at most. */
const FIRST_MS = 1_000;
/** Spread over so long: everybody's question at once would be a storm of our own making. */
const OVER_MS = 2_000;
const STEP_MS = 50;

/**
 * Pushes of other nodes were lost for a while: every socket here is told to look what it missed,
 * rather than at its next comparing of heads, up to 15 s later.
 */
export function remindSockets({ visitorSockets, memberSockets }: GatewayContext): void {
  const reminders = [
    ...[...visitorSockets.sockets.values()].map((socket) => () => socket.emit('heads', {})),
    ...[...memberSockets.sockets.values()].map((socket) => () => socket.emit('inbox', {})),
  ];
  const each = Math.ceil(reminders.length / (OVER_MS / STEP_MS));
  const next = () => {
    for (const remind of reminders.splice(0, each)) remind();
    if (reminders.length > 0) setTimeout(next, STEP_MS).unref();
  };
  setTimeout(next, FIRST_MS).unref();
}
