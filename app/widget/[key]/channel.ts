import { matchLocale } from '#components/widget/translate.ts';
import { ChannelSettings } from '#lib/config/channels/channel-fields.ts';
import { prisma } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import type { Locale } from '#lib/protocol/primitives.ts';

/** What of a channel is public. The key in the script tag names it and its workspace. */
export interface PublicChannel {
  key: string;
  allowedOrigins: string[];
  settings: ChannelSettings | null;
}

/** The enabled channel of a public key, or null. */
export async function publicChannel(key: string): Promise<PublicChannel | null> {
  if (key.length > 64) return null;
  const channel = await prisma().channel.findUnique({
    where: { publicKey: key, disabledAt: null },
    select: { publicKey: true, allowedOrigins: true, settings: true },
  });
  if (!channel) return null;
  const settings = ChannelSettings.safeParse(channel.settings);
  return {
    key: channel.publicKey,
    allowedOrigins: channel.allowedOrigins,
    settings: settings.success ? settings.data : null,
  };
}

/** Origins under which this request's desk is reached: the configured one and the one it came by. */
export function ownOrigins(request: Request): string[] {
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host');
  const protocol = request.headers.get('x-forwarded-proto') ?? new URL(request.url).protocol;
  const came = `${protocol.replace(/:$/, '')}://${host}`;
  return [env().publicUrl, ...(URL.canParse(came) ? [new URL(came).origin] : [])];
}

/** The language asked for by `?locale=`, else the browser's first. */
export function localeOf(request: Request): Locale {
  const asked = new URL(request.url).searchParams.get('locale');
  return matchLocale(asked || request.headers.get('accept-language'));
}
