import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTranslator, IntlErrorCode } from 'next-intl';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '#lib/protocol/errors.ts';
import { DEFAULT_LOCALE, LOCALES, type Locale } from './locale.ts';

const folder = join(import.meta.dirname, 'messages');

type Tree = { [key: string]: string | Tree };

function read(locale: Locale, area: string): Tree {
  return JSON.parse(readFileSync(join(folder, locale, area), 'utf8'));
}

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [k, v] of flatten(value, `${prefix}${key}.`)) flat.set(k, v);
  }
  return flat;
}

/**
 * Names of ICU arguments and tags; a translation that loses one says less. Braces nest by turns:
 * in a message they open an argument, in a plural or select argument a message.
 */
function argumentsOf(text: string): string[] {
  const names = new Set([...text.matchAll(/<(\w+)>/g)].map((m) => `<${m[1]}>`));
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '}') depth -= 1;
    if (text[i] !== '{') continue;
    if (depth % 2 === 0) names.add(/^\s*(\w+)/.exec(text.slice(i + 1))?.[1] ?? '?');
    depth += 1;
  }
  return [...names].sort();
}

const areas = new Set(LOCALES.flatMap((locale) => readdirSync(join(folder, locale))));

describe.each([...areas])('messages of %s', (area) => {
  const reference = flatten(read(DEFAULT_LOCALE, area));

  it.each(LOCALES)('%s has the same keys, none empty', (locale) => {
    const flat = flatten(read(locale, area));
    expect([...flat.keys()].sort()).toEqual([...reference.keys()].sort());
    expect([...flat].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it.each(LOCALES)('%s keeps every argument', (locale) => {
    for (const [key, text] of flatten(read(locale, area))) {
      expect(argumentsOf(text), `${locale}/${area}: ${key}`).toEqual(
        argumentsOf(reference.get(key) ?? ''),
      );
    }
  });

  it.each(LOCALES)('%s is well-formed ICU', (locale) => {
    const problems: string[] = [];
    const t = createTranslator<Tree>({
      locale,
      messages: read(locale, area),
      onError: (error) => {
        // Arguments are not given here; only the form of the text is asked for.
        if (error.code === IntlErrorCode.INVALID_MESSAGE) problems.push(error.message);
      },
    });
    for (const key of reference.keys()) t(key as never);
    expect(problems).toEqual([]);
  });
});

describe('error texts', () => {
  it.each(LOCALES)('%s has one for every code of the protocol, and no other', (locale) => {
    const codes = Object.keys(read(locale, 'errors.json')).filter((key) => key !== 'unknown');
    expect(codes.sort()).toEqual(Object.keys(ERRORS).sort());
  });
});
