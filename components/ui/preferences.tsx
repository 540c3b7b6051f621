'use client';

import { Languages, Monitor, Moon, Sun } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useTransition } from 'react';
import { isLocale, LOCALE_COOKIE, LOCALES, type Locale } from '#lib/i18n/locale.ts';
import { Button } from './button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from './dropdown-menu.tsx';

/** Each language in its own words: who cannot read this page's finds theirs. */
const LOCALE_NAMES: Record<Locale, string> = { en: 'English', 'zh-CN': '简体中文' };

/** Stores the choice for a year and renders the page again in it. */
export function useLocaleChoice(): { locale: Locale; choose: (locale: Locale) => void } {
  const locale = useLocale();
  const router = useRouter();
  const [, start] = useTransition();
  return {
    locale: isLocale(locale) ? locale : 'en',
    choose: (next) => {
      const secure = location.protocol === 'https:' ? '; secure' : '';
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR
      document.cookie = `${LOCALE_COOKIE}=${next}; path=/; max-age=31536000; samesite=lax${secure}`;
      start(() => router.refresh());
    },
  };
}

/** Radio rows for a menu: language. */
export function LocaleItems() {
  const t = useTranslations('common.locale');
  const { locale, choose } = useLocaleChoice();
  return (
    <>
      <DropdownMenuLabel>{t('label')}</DropdownMenuLabel>
      <DropdownMenuRadioGroup
        value={locale}
        onValueChange={(value) => {
          if (isLocale(value)) choose(value);
        }}
      >
        {LOCALES.map((name) => (
          <DropdownMenuRadioItem key={name} value={name} lang={name}>
            {LOCALE_NAMES[name]}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}

const THEMES = [
  { value: 'system', Icon: Monitor },
  { value: 'light', Icon: Sun },
  { value: 'dark', Icon: Moon },
] as const;

/** Radio rows for a menu: appearance. */
export function ThemeItems() {
  const t = useTranslations('common.theme');
  const { theme, setTheme } = useTheme();
  return (
    <>
      <DropdownMenuLabel>{t('label')}</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={theme} onValueChange={setTheme}>
        {THEMES.map(({ value, Icon }) => (
          <DropdownMenuRadioItem key={value} value={value}>
            <Icon className="text-ink-3" />
            {t(value)}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}

/** Language and appearance where nobody is signed in yet. */
export function PreferenceButtons() {
  const t = useTranslations('common');
  return (
    <div className="flex gap-1">
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={t('locale.label')}>
            <Languages />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <LocaleItems />
        </DropdownMenuContent>
      </DropdownMenu>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={t('theme.label')}>
            <Sun className="dark:hidden" />
            <Moon className="hidden dark:block" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <ThemeItems />
        </DropdownMenuContent>
      </DropdownMenu>
    </div>
  );
}
