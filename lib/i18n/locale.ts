import type { Locale } from '#lib/protocol/primitives.ts';

export type { Locale };

export const LOCALES = ['en', 'zh-CN'] as const satisfies readonly Locale[];
export const DEFAULT_LOCALE: Locale = 'en';

/** Set by the switcher; without it the browser's Accept-Language decides. */
export const LOCALE_COOKIE = 'parlour_locale';

export function isLocale(value: unknown): value is Locale {
  return (LOCALES as readonly unknown[]).includes(value);
}

/**
 * The first locale of ours in an Accept-Language header, by its weights (RFC 9110 §12.5.4).
 * Any Chinese counts as zh-CN, any English as en.
 */
export function negotiateLocale(acceptLanguage: string | null | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part, index) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find(Boolean);
      return { tag: tag.toLowerCase(), q: weight === undefined ? 1 : Number(weight), index };
    })
    .filter(({ tag, q }) => tag !== '' && q > 0)
    .sort((a, b) => b.q - a.q || a.index - b.index);
  for (const { tag } of wanted) {
    if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return DEFAULT_LOCALE;
}
