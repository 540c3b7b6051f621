import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Page } from '@playwright/test';
import { DESK } from './desk.ts';

interface Listening {
  origin: string;
  close(): Promise<void>;
}

async function listen(
  host: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  onUpgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
): Promise<Listening & { sockets: Set<Socket> }> {
  const server = createServer(answer);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (onUpgrade) server.on('upgrade', onUpgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    sockets,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A page of a site on another host than the desk's; `body` is put at its end. */
export function openHost(body: () => string): Promise<Listening> {
  return listen('127.0.0.1', (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><head><title>Host</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>A page of a customer</h1><p id="text">${'Some text of the page. '.repeat(200)}</p>
<button id="buy" onclick="this.textContent = 'bought'">buy</button>
${body()}</body></html>`);
  });
}

export type Mood = 'pass' | 'refuse' | 'hang';

export interface DeskFront extends Listening {
  /** What happens to requests from now on, by path. */
  mood: (path: string) => Mood;
  /** Cuts every connection there is, as a killed process does. */
  cut(): void;
}

/** Stands between a page and the desk of this run, and can refuse, hang and die. */
export async function openDeskFront(): Promise<DeskFront> {
  const target = new URL(DESK);
  const stand = await listen(
    'localhost',
    (request, response) => {
      const mood = front.mood(request.url ?? '/');
      if (mood === 'refuse') request.socket.destroy();
      if (mood !== 'pass') return;
      const { method, headers, url } = request;
      const onward = forward(
        { host: '127.0.0.1', port: target.port, method, path: url, headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    },
    (request, socket, head) => {
      const mood = front.mood(request.url ?? '/');
      if (mood === 'refuse') socket.destroy();
      if (mood !== 'pass') return;
      const onward = connect(Number(target.port), '127.0.0.1', () => {
        const lines = [`${request.method} ${request.url} HTTP/1.1`];
        for (let i = 0; i < request.rawHeaders.length; i += 2) {
          lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
        }
        onward.write(`${lines.join('\r\n')}\r\n\r\n`);
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      socket.on('close', () => onward.destroy());
    },
  );
  const front: DeskFront = {
    origin: stand.origin,
    close: stand.close,
    mood: () => 'pass',
    cut() {
      for (const socket of stand.sockets) socket.destroy();
    },
  };
  return front;
}

export const scriptTag = (desk: string, key: string) =>
  `<script async src="${desk}/widget/loader.js" data-key="${key}"></script>`;

/** Sums layout shifts (CLS without its grouping into windows) from the start of each page on. */
export async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const seen = window as Window & { shifts?: number };
    seen.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        seen.shifts = (seen.shifts ?? 0) + (entry as PerformanceEntry & { value: number }).value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => (window as Window & { shifts?: number }).shifts ?? -1);
}
