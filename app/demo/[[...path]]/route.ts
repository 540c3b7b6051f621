import { prisma } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { isLocale, negotiateLocale } from '#lib/i18n/locale.ts';
import { contentSecurityPolicy, SECURITY_HEADERS } from '#lib/security/headers.ts';
import { ownOrigins } from '../../widget/[key]/channel.ts';
import { type Shop, shopPage } from './shop-page.ts';

const LANGUAGE = 'demo_lang';

/** The demo installation's first channel still in use; undefined: this is no demo. */
async function demoChannel(): Promise<string | null | undefined> {
  const installation = await prisma().installation.findUnique({ where: { id: 1 } });
  if (!installation?.demo) return undefined;
  const workspace = await prisma().workspace.findFirst({ orderBy: { createdAt: 'asc' } });
  const channel = await prisma().channel.findFirst({
    where: { workspaceId: workspace?.id ?? '', disabledAt: null },
    orderBy: { createdAt: 'asc' },
  });
  return channel?.publicKey ?? null;
}

/**
 * A shop of somebody else's, as far as the widget can tell: plain pages that carry the script tag.
 * Only on a demo installation.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ path?: string[] }> },
): Promise<Response> {
  const channelKey = await demoChannel();
  if (channelKey === undefined) return new Response('Not found\n', { status: 404 });
  const url = new URL(request.url);
  const chosen = url.searchParams.get('lang');
  const kept = new RegExp(`(?:^|; )${LANGUAGE}=([\\w-]+)`).exec(
    request.headers.get('cookie') ?? '',
  )?.[1];
  const wanted = [chosen, kept].find(isLocale);
  const locale = isLocale(wanted)
    ? wanted
    : negotiateLocale(request.headers.get('accept-language'));
  const desk = ownOrigins(request).at(-1) ?? env().publicUrl;
  const shop: Shop = { locale, desk, channelKey };
  const { status, html } = shopPage((await params).path ?? [], shop);
  return new Response(html, {
    status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'accept-language, cookie',
      'content-security-policy': contentSecurityPolicy({ replace: { 'style-src': ["'self'"] } }),
      ...(isLocale(chosen)
        ? { 'set-cookie': `${LANGUAGE}=${chosen}; Path=/demo; SameSite=Lax; Max-Age=2592000` }
        : {}),
    },
  });
}
