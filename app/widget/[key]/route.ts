import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PanelAssets, panelPage, panelPolicy } from '#components/widget/panel-page.ts';
import { env } from '#lib/env.ts';
import { SECURITY_HEADERS } from '#lib/security/headers.ts';
import { ownOrigins, publicChannel } from './channel.ts';

/** What the build wrote; read each time, because a build may come while we run. */
async function builtAssets(): Promise<PanelAssets> {
  const file = join(/* turbopackIgnore: true */ process.cwd(), 'public/widget/manifest.json');
  return JSON.parse(await readFile(file, 'utf8')) as PanelAssets;
}

/** The panel's page of one channel. Sets no cookie and holds nothing of the visitor. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ key: string }> },
): Promise<Response> {
  const channel = await publicChannel((await params).key);
  if (!channel) {
    return new Response('There is no such channel.\n', {
      status: 404,
      headers: { ...SECURITY_HEADERS, 'cache-control': 'no-store' },
    });
  }
  const origins = [...new Set([...ownOrigins(request), ...channel.allowedOrigins])];
  const page = panelPage({ key: channel.key, origins, assets: await builtAssets() });
  return new Response(page, {
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      // The page names hashed files: a kept one would name files that are gone.
      'cache-control': 'no-store',
      'content-security-policy': panelPolicy(origins, env().publicUrl),
    },
  });
}
