import type { ToLoader, ToPanel } from '#lib/protocol/bridge.ts';

/** ms until an opening that does not answer is given up. */
const PANEL_WITHIN_MS = 15_000;

export interface Frame {
  send(message: ToPanel): void;
  focus(): void;
  /** Loads the panel afresh; what is kept for it is handed over again. */
  reload(): void;
  remove(): void;
}

export interface FrameOptions {
  src: string;
  /** Origin of the desk: the only one that may take the port. */
  desk: string;
  title: string;
  box: HTMLElement;
  init(): ToPanel;
  onMessage(message: ToLoader): void;
  /** The panel's page did not come, or came without a panel in it. */
  onFail(): void;
}

/** Puts the panel's iframe into the box and speaks with it through a MessageChannel. */
export function createFrame(options: FrameOptions): Frame {
  const { box, desk } = options;
  const iframe = document.createElement('iframe');
  let port: MessagePort | null = null;
  let timer = 0;

  const close = () => {
    clearTimeout(timer);
    port?.close();
    port = null;
  };
  const waitForReady = () => {
    clearTimeout(timer);
    timer = window.setTimeout(options.onFail, PANEL_WITHIN_MS);
  };

  iframe.title = options.title;
  iframe.allow = 'clipboard-write';
  // Each load is a new document: it gets a port of its own, and the old one is closed.
  iframe.addEventListener('load', () => {
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => {
      // Came through a port only the desk's own page could take; fields are coerced where used.
      if (data?.type === 'ready') clearTimeout(timer);
      options.onMessage(data ?? {});
    };
    iframe.contentWindow?.postMessage({ parlour: 'port' }, desk, [channel.port2]);
    port.postMessage(options.init());
  });
  iframe.src = options.src;
  waitForReady();
  box.append(iframe);

  return {
    send: (message) => port?.postMessage(message),
    focus: () => iframe.focus(),
    reload() {
      close();
      waitForReady();
      iframe.src = options.src;
    },
    remove() {
      close();
      iframe.remove();
    },
  };
}
