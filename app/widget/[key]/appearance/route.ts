import { launcherColours } from '#components/widget/panel/accent.ts';
import en from '#lib/i18n/messages/en/widget.json';
import zh from '#lib/i18n/messages/zh-CN/widget.json';
import { ERRORS, type ErrorCode } from '#lib/protocol/errors.ts';
import { DATA_CSP, SECURITY_HEADERS } from '#lib/security/headers.ts';
import { localeOf, ownOrigins, publicChannel } from '../channel.ts';

/**
 * What the loader needs to draw its button, asked at each page of a site; nothing is stored by it.
 * The refusal is readable across origins too, so that the loader stops instead of asking again.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ key: string }> },
): Promise<Response> {
  const origin = request.headers.get('origin');
  const headers = {
    ...SECURITY_HEADERS,
    'content-security-policy': DATA_CSP,
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'origin',
    ...(origin ? { 'access-control-allow-origin': origin } : {}),
  };
  const refuse = (code: ErrorCode) =>
    Response.json(
      { ok: false, error: { code, message: ERRORS[code].text } },
      { status: ERRORS[code].status, headers },
    );

  const channel = await publicChannel((await params).key);
  if (!channel) return refuse('not_found');
  if (origin && ![...ownOrigins(request), ...channel.allowedOrigins].includes(origin)) {
    return refuse('origin_refused');
  }
  const locale = localeOf(request);
  const settings = channel.settings;
  return Response.json(
    {
      ...launcherColours(settings?.accent ?? ''),
      position: settings?.position ?? 'right',
      label: settings?.title[locale] ?? '',
      say: (locale === 'zh-CN' ? zh : en).launcher,
    },
    { headers },
  );
}
