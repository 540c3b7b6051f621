import * as z from 'zod/mini';
import { LIMITS } from './limits.ts';

/** Any UUID, in small letters as the database writes it: ids are compared as text. */
export const Id = z.uuid().check(z.toLowerCase());
/** Made by the client before the first attempt; its time is checked by the server. */
export const ClientMadeId = z.uuidv7().check(z.toLowerCase());
/** Key of one attempt-independent action of one client: 1–64 visible ASCII characters. */
export const ClientKey = z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/));

const utf8 = new TextEncoder();

/** A UTF-16 unit is three bytes at most: what is short is not encoded to be counted. */
const fits = (text: string): boolean =>
  text.length * 3 <= LIMITS.textBytes ||
  (text.length <= LIMITS.textBytes && utf8.encode(text).length <= LIMITS.textBytes);

/**
 * Text of a message or note: well-formed Unicode, no NUL, something besides white space, at most
 * 8 KB of UTF-8. The message is the error code to answer with.
 */
export const MessageText = z.string().check(
  z.refine((s) => s.trim() !== '', { error: 'text_empty', abort: true }),
  z.refine((s) => s.isWellFormed() && !s.includes('\0'), { error: 'text_malformed', abort: true }),
  z.refine(fits, { error: 'text_too_long' }),
);

/** One line of text a person typed (names, titles): well-formed, no control characters. */
export function Line(max: number) {
  return z.string().check(
    z.maxLength(max),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
    z.refine((s) => s.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(s), {
      error: 'text_malformed',
    }),
  );
}

export const Email = z.email().check(z.maxLength(LIMITS.emailLength));
export const Seq = z.int().check(z.nonnegative());
/** ISO 8601 with zone. */
export const Instant = z.string();
export const Locale = z.enum(['en', 'zh-CN']);
export type Locale = z.infer<typeof Locale>;

export const PageView = z.object({
  url: z.string().check(z.maxLength(LIMITS.urlLength)),
  title: z.string().check(z.maxLength(300)),
});
export type PageView = z.infer<typeof PageView>;
