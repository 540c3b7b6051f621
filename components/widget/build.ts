import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, context, type Plugin } from 'esbuild';
import { panelPage } from './panel-page.ts';

const room = dirname(fileURLToPath(import.meta.url));
const checkout = join(room, '../..');
const out = join(checkout, 'public/widget');

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

const hashed = (content: Uint8Array, extension: string) =>
  `panel-${createHash('sha256').update(content).digest('hex').slice(0, 10)}.${extension}`;

function writePanel(files: { path: string; contents: Uint8Array }[]) {
  const names = { js: '', css: '' };
  for (const file of files) {
    const extension = file.path.endsWith('.css') ? 'css' : 'js';
    names[extension] = hashed(file.contents, extension);
    write(names[extension], file.contents);
  }
  write('manifest.json', `${JSON.stringify({ panel: names }, null, 2)}\n`);
  // The generation before stays for pages that are just being loaded; what is older goes.
  const old = readdirSync(out)
    .filter((name) => /^panel-[\da-f]{10}\.(js|css)$/.test(name))
    .filter((name) => name !== names.js && name !== names.css);
  for (const name of old.slice(0, Math.max(0, old.length - 4))) rmSync(join(out, name));
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
  const { panel: names } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
    panel: { js: string; css: string };
  };
  const page = panelPage({ key: 'x'.repeat(24), origins: ['https://shop.example'], assets: names });
  const parts = { html: gzipped(page), js: file(names.js), css: file(names.css) };
  return { loader: file('loader.js'), opening: parts.html + parts.js + parts.css, parts };
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
  console.log(`  html ${kb(parts.html)}, js ${kb(parts.js)}, css ${kb(parts.css)}`);
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
  const stop = () => Promise.all(contexts.map((each) => each.dispose())).then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (process.argv.includes('--watch')) {
  await watch();
} else {
  await buildAll();
  if (process.argv.includes('--check-size')) checkSizes();
}
