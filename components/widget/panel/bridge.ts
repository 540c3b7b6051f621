import * as z from 'zod/mini';
import { type ToLoader, ToPanel } from '#lib/protocol/bridge.ts';

export type Init = Extract<ToPanel, { type: 'init' }>;

export interface Bridge {
  init: Init;
  /** False when the panel is a page of its own, with no loader around it. */
  embedded: boolean;
  send(message: ToLoader): void;
  onMessage(listener: (message: ToPanel) => void): void;
}

/** What of an incoming window message decides whether its port is taken. */
export interface Offer {
  source: unknown;
  origin: string;
  data: unknown;
  ports: readonly MessagePort[];
}

/** The port offered by the page around us, from an origin that may embed this channel; else null. */
export function acceptPort(
  offer: Offer,
  parent: unknown,
  origins: readonly string[],
): MessagePort | null {
  if (offer.source !== parent || !origins.includes(offer.origin)) return null;
  const data = offer.data as { parlour?: unknown } | null;
  return data?.parlour === 'port' ? (offer.ports[0] ?? null) : null;
}

/** Waits for the loader's port and its `init`. Until then the panel shows its skeleton. */
export function connectLoader(origins: readonly string[]): Promise<Bridge> {
  return new Promise((resolve) => {
    addEventListener('message', function offered(event) {
      const port = acceptPort(event, window.parent, origins);
      if (!port) return;
      removeEventListener('message', offered);
      let listener: ((message: ToPanel) => void) | null = null;
      const early: ToPanel[] = [];
      const send = (message: ToLoader) => port.postMessage(message);
      port.onmessage = ({ data }) => {
        const parsed = z.safeParse(ToPanel, data);
        if (!parsed.success) return;
        const message = parsed.data;
        if (message.type !== 'init') {
          if (listener) listener(message);
          else early.push(message);
        } else
          resolve({
            init: message,
            embedded: true,
            send,
            onMessage(next) {
              listener = next;
              for (const message of early.splice(0)) next(message);
            },
          });
      };
    });
  });
}

/** The panel opened as a page of its own: no loader, always visible. */
export function standAlone(key: string): Bridge {
  return {
    embedded: false,
    init: {
      type: 'init',
      key,
      locale: navigator.language,
      page: { url: location.href, title: document.title },
      open: true,
      stored: {},
      kept: false,
    },
    send(message) {
      if (message.type === 'reload') location.reload();
    },
    onMessage() {},
  };
}
