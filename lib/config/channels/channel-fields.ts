import * as z from 'zod';

/** `https://shop.example` or `http://localhost:8080`: scheme, host, port; nothing behind. */
export const Origin = z
  .string()
  .trim()
  .max(300)
  .transform((text, context) => {
    try {
      const url = new URL(text);
      if (/^https?:$/.test(url.protocol) && !/[*,\s]/.test(url.host) && url.host !== '') {
        return url.origin;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    context.addIssue({ code: 'custom', message: 'origin_form' });
    return z.NEVER;
  });

const Translated = z.object({
  en: z.string().trim().min(1).max(500),
  'zh-CN': z.string().trim().min(1).max(500),
});

export const ChannelSettings = z.object({
  title: Translated,
  greeting: Translated,
  accent: z.string().regex(/^#[0-9a-f]{6}$/i, 'color_form'),
  position: z.enum(['left', 'right']),
});
export type ChannelSettings = z.infer<typeof ChannelSettings>;

export const ChannelFields = {
  name: z.string().trim().min(1).max(80),
  queueId: z.uuid(),
  allowedOrigins: z
    .array(Origin)
    .max(100)
    .transform((origins) => [...new Set(origins)]),
  /** Units of an agent's capacity one conversation takes. */
  weight: z.int().min(1).max(100),
  settings: ChannelSettings,
};
