import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namesIn, readCase } from './suite.ts';

/**
 * Takes over the cases that fall within the subset, and writes down why the others do not:
 * `node lib/domain/conversation/test/scxml/import-cases.ts FOLDER`, where FOLDER is an unpacked
 * @scion-scxml/test-framework. To be run again when the subset grows.
 */

const here = import.meta.dirname;
const from = process.argv[2];
if (from === undefined) throw new Error('name the folder of the unpacked package');
const source = join(from, 'test');

const outside: Record<string, string[]> = {};
rmSync(join(here, 'cases'), { recursive: true, force: true });
const names = namesIn(source);
for (const name of names) {
  const found = readCase(source, name);
  if (found === null) outside[name] = ['no script'];
  else if (found.unfit.size > 0) outside[name] = [...found.unfit].sort();
  else {
    const to = join(here, 'cases', name);
    mkdirSync(dirname(to), { recursive: true });
    for (const end of ['.scxml', '.json']) copyFileSync(join(source, name) + end, to + end);
  }
}
copyFileSync(join(from, 'LICENSE.txt'), join(here, 'cases', 'LICENSE.txt'));
writeFileSync(join(here, 'names.txt'), `${names.join('\n')}\n`);
const lines = Object.entries(outside).map(
  ([name, reasons]) =>
    `  ${JSON.stringify(name)}: [${reasons.map((one) => JSON.stringify(one)).join(', ')}]`,
);
writeFileSync(join(here, 'outside.json'), `{\n${lines.join(',\n')}\n}\n`);
console.error(`${names.length - Object.keys(outside).length} of ${names.length} cases taken over`);
