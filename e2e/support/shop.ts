import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DESK } from './desk.ts';

export interface Shop {
  /** e.g. `http://127.0.0.1:41234`; another site than the desk's. */
  origin: string;
  /** Takes the channel's key once it is known: the channel must name the origin first. */
  embed: (publicKey: string) => void;
  close: () => Promise<void>;
}

/** A customer's site of two pages that embeds the desk by the script tag, as the README says. */
export async function openShop(): Promise<Shop> {
  let key = '';
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://shop').pathname;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(path, key));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    embed: (publicKey) => {
      key = publicKey;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function page(path: string, key: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop ${path}</title></head>
<body><h1>Shop ${path}</h1><p><a href="/">Home</a> <a href="/lamps">Lamps</a></p>
<script>
  window.Parlour = window.Parlour || function () {
    (window.Parlour.q = window.Parlour.q || []).push(arguments);
  };
</script>
<script async src="${DESK}/widget/loader.js" data-key="${key}"></script>
</body></html>`;
}
