import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { HttpRequest } from './message.ts';
import { commonHeaders } from './message.ts';

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
};
const COMPRESSIBLE = /^(text\/|application\/json|image\/svg)/;

/** `panel-3FZQK2XA.js`, `chunk.1a2b3c4d.css`: the content decides the name, so it never changes. */
const HASHED = /[.-][A-Za-z0-9_]{8,}\.[a-z0-9]+$/;
const YEAR = 'public, max-age=31536000, immutable';
/** The loader's name is fixed by script tags on other people's pages. */
const SHORT = 'public, max-age=300';

/** A hashed name without its hash: `panel-3FZQK2XA.js` is a `panel.js`. */
const kindOf = (name: string) => name.replace(HASHED, (end) => end.slice(end.lastIndexOf('.')));

interface Asset {
  stamp: string;
  type: string;
  etag: string;
  plain: Buffer;
  br: Buffer | null;
  gz: Buffer | null;
}

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function load(path: string, stamp: string): Promise<Asset> {
  const plain = await readFile(path);
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const type = TYPES[extension] ?? 'application/octet-stream';
  const compress = COMPRESSIBLE.test(type) && plain.length > 512;
  const [br, gz] = compress
    ? await Promise.all([
        brotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        zip(plain, { level: 9 }),
      ])
    : [null, null];
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { stamp, type, etag, plain, br, gz };
}

/**
 * Serves files below `folder` under `prefix`, compressed once and kept in memory (the widget is a
 * handful of files). Fonts, scripts and styles may be loaded by any page: that is their purpose.
 * @returns a function that says whether it has answered
 */
export function createStaticFiles(folder: string, prefix: string) {
  const assets = new Map<string, Promise<Asset>>();

  /**
   * While nodes are upgraded one by one a page may ask this one for a file of another release. It gets
   * ours of the same kind, as manifest.json names it, rather than none: a panel that works (0126).
   */
  const findOurs = async (pathname: string): Promise<Asset | null> => {
    const name = pathname.slice(prefix.length);
    if (!HASHED.test(name)) return null;
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '{}');
    const { words, ...files } = JSON.parse(manifest) as Record<string, unknown>;
    const ours = [...Object.values(files), ...Object.values(words ?? {})].find(
      (one) => typeof one === 'string' && kindOf(one) === kindOf(name),
    );
    return ours === undefined ? null : find(`${prefix}${ours}`);
  };

  const find = async (pathname: string): Promise<Asset | null> => {
    let name: string;
    try {
      name = decodeURIComponent(pathname.slice(prefix.length));
    } catch {
      // A malformed escape names no file.
      return null;
    }
    const path = normalize(join(folder, name));
    if (!path.startsWith(folder + sep) || name.includes('\0') || /(^|\/)\./.test(name)) return null;
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG')
        return null;
      throw error;
    });
    if (!info?.isFile()) return null;
    const stamp = `${info.mtimeMs}/${info.size}`;
    const known = assets.get(path);
    if (known && (await known).stamp === stamp) return known;
    const loading = load(path, stamp);
    assets.set(path, loading);
    loading.catch(() => assets.delete(path));
    return loading;
  };

  return async (
    raw: IncomingMessage,
    response: ServerResponse,
    request: HttpRequest,
  ): Promise<boolean> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (!request.url.pathname.startsWith(prefix)) return false;
    const { pathname } = request.url;
    const exact = await find(pathname);
    const asset = exact ?? (await findOurs(pathname));
    if (!asset) return false;
    const accepts = String(raw.headers['accept-encoding'] ?? '');
    const encoding =
      asset.br && /\bbr\b/.test(accepts)
        ? 'br'
        : asset.gz && /\bgzip\b/.test(accepts)
          ? 'gzip'
          : null;
    const body =
      (encoding === 'br' ? asset.br : encoding === 'gzip' ? asset.gz : null) ?? asset.plain;
    const headers = {
      ...commonHeaders(request.client, request.trace),
      'cache-control': exact === null ? 'no-store' : HASHED.test(pathname) ? YEAR : SHORT,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'accept-encoding',
      etag: asset.etag,
    };
    if (raw.headers['if-none-match'] === asset.etag) {
      response.writeHead(304, headers).end();
      return true;
    }
    response.writeHead(200, {
      ...headers,
      'content-type': asset.type,
      'content-length': body.length,
      ...(encoding ? { 'content-encoding': encoding } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
}
