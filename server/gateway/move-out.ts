import { setTimeout as pause } from 'node:timers/promises';
import type { Namespace, Socket } from 'socket.io';
import { connectionAt } from './socket-connection.ts';

const TICK_MS = 50;
/** In how many ticks all go, when they are many: 40 of 50 ms are 2 s. */
const TICKS = 40;
/** Fewer than this in one tick are a herd for nobody. */
const LEAST_AT_ONCE = 50;

/**
 * Turns this node's sockets out, spread over at most 2 s, so that the nodes they move to are not asked
 * by all at once. In its turn a socket takes nothing new, and goes when what it asked is answered.
 * Clients come back by themselves within half a second, to another node. What is still busy in the end
 * is left to the caller.
 */
export async function moveOut(namespaces: readonly Namespace[]): Promise<void> {
  const staying = namespaces.flatMap(({ sockets }) => [...sockets.values()]);
  const most = Math.max(LEAST_AT_ONCE, Math.ceil(staying.length / TICKS));
  let busy: Socket[] = [];
  for (let tick = 0; tick < TICKS; tick += 1) {
    busy = [...busy, ...staying.splice(0, most)].filter((socket) => !turnOut(socket));
    if (busy.length + staying.length === 0) return;
    await pause(TICK_MS);
  }
}

/** @returns whether it is gone */
function turnOut(socket: Socket): boolean {
  const connection = connectionAt(socket);
  if (connection) connection.leaving = true;
  if (connection && connection.running > 0 && socket.connected) return false;
  socket.disconnect(true);
  return true;
}
