import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import en from '#lib/i18n/messages/en/widget.json';
import zh from '#lib/i18n/messages/zh-CN/widget.json';
import type { Locale } from '#lib/protocol/primitives.ts';
import { fill, type Values } from '../translate.ts';

type Messages = typeof en;
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

export function wordsOf(locale: Locale): Words {
  const messages: Record<string, Record<string, string>> = locale === 'zh-CN' ? zh : en;
  const find = (group: string, name: string) =>
    Object.hasOwn(messages[group] ?? {}, name) ? messages[group]?.[name] : undefined;
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

export const WordsContext = createContext<Words>(wordsOf('en'));
export const useWords = () => useContext(WordsContext);
