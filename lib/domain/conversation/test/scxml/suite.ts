import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readXml } from './read-xml.ts';
import type { Script } from './run-case.ts';
import { type Translation, translate } from './translate.ts';

/** A folder of cases as @scion-scxml/test-framework keeps them: `suite/case.scxml` beside `case.json`. */

export interface Case extends Translation {
  script: Script;
}

/** Names without ending, sorted. */
export const namesIn = (folder: string): string[] =>
  globSync('**/*.scxml', { cwd: folder })
    .map((file) => file.slice(0, -'.scxml'.length))
    .sort();

/** @returns null where no script says what should happen: part of another case, or judged by hand */
export function readCase(folder: string, name: string): Case | null {
  const place = join(folder, name);
  if (!existsSync(`${place}.json`)) return null;
  const script = JSON.parse(readFileSync(`${place}.json`, 'utf8')) as Script;
  const document = readXml(readFileSync(`${place}.scxml`, 'utf8'));
  const sent = script.events.map(({ event }) => event.name);
  return { script, ...translate(document, sent) };
}
