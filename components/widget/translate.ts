import type { Locale } from '#lib/protocol/primitives.ts';

export type Values = Record<string, string | number>;

/**
 * Fills a message: `{name}` and `{n, plural, one {# day} other {# days}}` of ICU's syntax, which is
 * what the widget's messages use (the console reads the same files with next-intl).
 * A name without a value stays visible as `{name}`.
 */
export function fill(message: string, values: Values, locale: Locale): string {
  return message.replace(
    /\{(\w+)(?:, plural,((?: \w+ \{[^{}]*\})+))?\}/g,
    (whole, name: string, branches: string | undefined) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (branches === undefined) return String(value);
      const count = Number(value);
      const rule = new Intl.PluralRules(locale).select(count);
      const texts = new Map(
        [...branches.matchAll(/(\w+) \{([^{}]*)\}/g)].map((m) => [m[1], m[2] ?? '']),
      );
      const text = texts.get(rule) ?? texts.get('other') ?? '';
      return text.replace('#', new Intl.NumberFormat(locale).format(count));
    },
  );
}

/** The locale we have that suits a BCP 47 tag best; English when none does. */
export function matchLocale(tag: string | null | undefined): Locale {
  return tag?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
