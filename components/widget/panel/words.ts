import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type en from '#lib/i18n/messages/en/widget.json';
import type { Locale } from '#lib/protocol/primitives.ts';
import { fill, type Values } from '../translate.ts';

/** lib/i18n/messages/<locale>/widget.json */
export type Messages = typeof en;
type Path = {
  [G in keyof Messages & string]: `${G}.${keyof Messages[G] & string}`;
}[keyof Messages & string];

export interface Words {
  locale: Locale;
  say(path: Path, values?: Values): string;
  /** The text for an error code; a general one for codes a visitor cannot act on. */
  error(code: string): string;
  /** A line of the platform; empty for one this version does not know. */
  line(name: string): string;
}

export function wordsOf(locale: Locale, messages: Messages): Words {
  const groups: Record<string, Record<string, string>> = messages;
  const find = (group: string, name: string) =>
    Object.hasOwn(groups[group] ?? {}, name) ? groups[group]?.[name] : undefined;
  return {
    locale,
    say(path, values = {}) {
      const [group = '', name = ''] = path.split('.');
      return fill(find(group, name) ?? path, values, locale);
    },
    error: (code) => find('error', code) ?? find('error', 'other') ?? '',
    line: (name) => find('line', name) ?? '',
  };
}

/**
 * Fetches the messages of a locale, each at most once. They are files of their own, so that nobody
 * downloads a language they do not read.
 * @param files hashed names by locale
 */
export function wordsLoader(files: Record<string, string>): (locale: Locale) => Promise<Words> {
  const loading = new Map<Locale, Promise<Words>>();
  return (locale) => {
    const known = loading.get(locale);
    if (known) return known;
    const words = fetch(`/widget/${files[locale]}`).then(async (answer) => {
      if (!answer.ok) throw new Error(`words: ${answer.status}`);
      return wordsOf(locale, (await answer.json()) as Messages);
    });
    loading.set(locale, words);
    words.catch(() => loading.delete(locale));
    return words;
  };
}

/** Set by the panel around everything it draws. */
export const WordsContext = createContext<Words>(wordsOf('en', {} as Messages));
export const useWords = () => useContext(WordsContext);
