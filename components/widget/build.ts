import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, context, type Plugin } from 'esbuild';
import { type PanelAssets, panelPage } from './panel-page.ts';

const room = dirname(fileURLToPath(import.meta.url));
const checkout = join(room, '../..');
const out = join(checkout, 'public/widget');

const LOCALES = ['en', 'zh-CN'] as const;

/** Gzipped bytes. Exceeding one fails `--check-size`. */
const BUDGET = { loader: 5 * 1024, opening: 40 * 1024 };

const shared: BuildOptions = {
  bundle: true,
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  target: ['es2022', 'safari16'],
  format: 'iife',
  write: false,
  logLevel: 'silent',
  // The checkout's own settings name Next's JSX; the panel is Preact.
  tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact' } },
  absWorkingDir: checkout,
  define: { 'process.env.NODE_ENV': '"production"' },
};

const loader: BuildOptions = { ...shared, entryPoints: [join(room, 'loader/main.ts')] };
const panel: BuildOptions = {
  ...shared,
  entryPoints: [join(room, 'panel/main.tsx')],
  outdir: out,
  entryNames: 'panel',
};

/** A reader never sees half a file. */
function write(name: string, content: string | Uint8Array) {
  mkdirSync(out, { recursive: true });
  const temporary = join(out, `.${name}.${process.pid}`);
  writeFileSync(temporary, content);
  renameSync(temporary, join(out, name));
}

/** Writes it under a name that its content decides. */
function writeHashed(name: string, content: Uint8Array, extension: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const file = `${name}-${hash}.${extension}`;
  write(file, content);
  return file;
}

function writePanel(files: { path: string; contents: Uint8Array }[]) {
  const assets: PanelAssets = { js: '', css: '', words: {} };
  for (const file of files) {
    const extension = file.path.endsWith('.css') ? 'css' : 'js';
    assets[extension] = writeHashed('panel', file.contents, extension);
  }
  for (const locale of LOCALES) {
    const text = readFileSync(join(checkout, 'lib/i18n/messages', locale, 'widget.json'), 'utf8');
    // The launcher's words come with its appearance.
    const { launcher: _, ...words } = JSON.parse(text);
    const compact = Buffer.from(JSON.stringify(words));
    assets.words[locale] = writeHashed(`words-${locale}`, compact, 'json');
  }
  write('manifest.json', `${JSON.stringify(assets, null, 2)}\n`);
  forgetOld(new Set([assets.js, assets.css, ...Object.values(assets.words)]));
}

/** Earlier generations stay an hour, for pages that are just being loaded. */
function forgetOld(current: Set<string>) {
  for (const name of readdirSync(out)) {
    if (!/^(panel|words-[\w-]+)-[\da-f]{10}\./.test(name) || current.has(name)) continue;
    const file = join(out, name);
    if (Date.now() - statSync(file).mtimeMs > 3_600_000) rmSync(file);
  }
}

async function buildAll() {
  const [a, b] = await Promise.all([build(loader), build(panel)]);
  const script = a.outputFiles?.[0];
  if (!script || !b.outputFiles) throw new Error('esbuild wrote nothing');
  write('loader.js', script.contents);
  writePanel(b.outputFiles);
}

const gzipped = (content: string | Uint8Array) => gzipSync(content, { level: 9 }).length;

/** Gzipped bytes of what was built: the loader, and all that the first opening downloads. */
function sizes() {
  const file = (name: string) => gzipped(readFileSync(join(out, name)));
  const assets = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as PanelAssets;
  const page = panelPage({ key: 'x'.repeat(24), origins: ['https://shop.example'], assets });
  const parts = {
    html: gzipped(page),
    js: file(assets.js),
    css: file(assets.css),
    words: Math.max(...Object.values(assets.words).map(file)),
  };
  const opening = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { loader: file('loader.js'), opening, parts };
}

const kb = (bytes: number) => `${(bytes / 1024).toFixed(2)} KB`;

function checkSizes() {
  const { loader, opening, parts } = sizes();
  const rows = [
    ['loader', loader, BUDGET.loader],
    ['first opening', opening, BUDGET.opening],
  ] as const;
  for (const [name, size, budget] of rows) {
    const verdict = size > budget ? 'TOO BIG' : 'fits';
    console.log(`${name}: ${kb(size)} gzipped, at most ${kb(budget)}: ${verdict}`);
  }
  const list = Object.entries(parts).map(([name, bytes]) => `${name} ${kb(bytes)}`);
  console.log(`  ${list.join(', ')}`);
  if (rows.some(([, size, budget]) => size > budget)) process.exitCode = 1;
}

async function watch() {
  const onEnd = (use: (files: { path: string; contents: Uint8Array }[]) => void): Plugin => ({
    name: 'write',
    setup(run) {
      run.onEnd((result) => {
        for (const { text, location } of result.errors) {
          console.error(`widget: ${location?.file}:${location?.line} ${text}`);
        }
        if (result.outputFiles && result.errors.length === 0) use(result.outputFiles);
      });
    },
  });
  const contexts = await Promise.all([
    context({
      ...loader,
      plugins: [onEnd(([file]) => file && write('loader.js', file.contents))],
    }),
    context({ ...panel, plugins: [onEnd(writePanel)] }),
  ]);
  await Promise.all(contexts.map((each) => each.watch()));
  const stop = () =>
    Promise.all(contexts.map((each) => each.dispose())).then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (process.argv.includes('--watch')) {
  await watch();
} else {
  await buildAll();
  if (process.argv.includes('--check-size')) checkSizes();
}
