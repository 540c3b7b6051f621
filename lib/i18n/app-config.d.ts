import type { Locale } from './locale.ts';
import type { Messages } from './messages.ts';

// Makes `t('…')` with an unknown key a type error.
declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}
