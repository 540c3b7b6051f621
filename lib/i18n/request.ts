import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { isLocale, LOCALE_COOKIE, negotiateLocale } from './locale.ts';
import { MESSAGES } from './messages.ts';

/** Language of a request: the switcher's cookie, else the browser's. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value;
  const locale = isLocale(chosen)
    ? chosen
    : negotiateLocale((await headers()).get('accept-language'));
  // Times are shown by the browser, which knows its zone; the server formats none.
  return { locale, messages: MESSAGES[locale], timeZone: 'UTC' };
});
