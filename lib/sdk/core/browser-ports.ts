import type { ClientPorts } from '../api.ts';
import { openSocket } from './socket.ts';

/** The real world: the browser's (or Node's) clock, chance and network. */
export function browserPorts(): ClientPorts {
  const ports: ClientPorts = {
    now: () => Date.now(),
    setTimeout: (fn, ms) => setTimeout(fn, ms),
    clearTimeout: (handle) => clearTimeout(handle as number),
    random: () => Math.random(),
    fetch: (input, init) => fetch(input, init),
    openSocket: (request) => openSocket(request),
  };
  if (typeof addEventListener === 'function' && typeof removeEventListener === 'function') {
    ports.onNetwork = (listener) => {
      const on = () => listener(true);
      const off = () => listener(false);
      addEventListener('online', on);
      addEventListener('offline', off);
      return () => {
        removeEventListener('online', on);
        removeEventListener('offline', off);
      };
    };
  }
  return ports;
}
