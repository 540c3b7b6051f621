import type { Locale } from './locale.ts';
import adminEn from './messages/en/admin.json' with { type: 'json' };
import authEn from './messages/en/auth.json' with { type: 'json' };
import commonEn from './messages/en/common.json' with { type: 'json' };
import consoleEn from './messages/en/console.json' with { type: 'json' };
import errorsEn from './messages/en/errors.json' with { type: 'json' };
import adminZh from './messages/zh-CN/admin.json' with { type: 'json' };
import authZh from './messages/zh-CN/auth.json' with { type: 'json' };
import commonZh from './messages/zh-CN/common.json' with { type: 'json' };
import consoleZh from './messages/zh-CN/console.json' with { type: 'json' };
import errorsZh from './messages/zh-CN/errors.json' with { type: 'json' };

const en = { common: commonEn, errors: errorsEn, auth: authEn, console: consoleEn, admin: adminEn };

/** English is the shape: a key that is missing in another language is a type error. */
export type Messages = typeof en;

/** Texts of sign-in, console and admin, by area. The widget and the demo shop bring their own. */
export const MESSAGES: Record<Locale, Messages> = {
  en,
  'zh-CN': { common: commonZh, errors: errorsZh, auth: authZh, console: consoleZh, admin: adminZh },
};
