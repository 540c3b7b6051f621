import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { applyPatch } from '../patch.ts';
import { BROKEN_BUILDS, type BrokenBuild } from './builds.ts';

/** Preloaded into a desk process (`--import`): what it loads is the build that BROKEN_BUILD names. */

const build = process.env.BROKEN_BUILD as BrokenBuild;
const root = process.env.BROKEN_ROOT ?? '';
const urlOf = (file: string) => pathToFileURL(join(root, file)).href;

registerHooks({
  load(url, context, nextLoad) {
    const patches = BROKEN_BUILDS[build].filter(({ file }) => urlOf(file) === url);
    const loaded = nextLoad(url, context);
    if (patches.length === 0) return loaded;
    const source = patches.reduce<string>(applyPatch, String(loaded.source));
    return { ...loaded, source };
  },
});
