import { contentSecurityPolicy } from '#lib/security/headers.ts';

/** The panel's HTML, and the policy it is served under. Used by the route and by the size check. */
export interface PanelPage {
  key: string;
  /** Origins that may embed it; the panel takes a port from no other. */
  origins: readonly string[];
  assets: PanelAssets;
}

/** Hashed names in /widget/, as manifest.json holds them. */
export interface PanelAssets {
  js: string;
  css: string;
  /** Messages by locale; the panel fetches the one it needs. */
  words: Record<string, string>;
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

export function panelPage({ key, origins, assets }: PanelPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Chat</title>
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/widget/${assets.css}">
<script defer src="/widget/${assets.js}"></script>
<div id="parlour" data-key="${escapeHtml(key)}" data-origins="${escapeHtml(origins.join(' '))}" data-words="${escapeHtml(JSON.stringify(assets.words))}"></div>
</html>
`;
}

/**
 * Content-Security-Policy of the panel: only our own files, no inline script or style, embedded only
 * by the channel's origins and the desk's own.
 * @param desk the desk's public origin; its ws form is named because older Safari's 'self' leaves it out
 */
export function panelPolicy(origins: readonly string[], desk: string): string {
  return contentSecurityPolicy({
    frameAncestors: ["'self'", ...origins],
    connect: [desk.replace(/^http/, 'ws')],
    replace: {
      'default-src': ["'none'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'none'"],
      'frame-src': ["'none'"],
      'worker-src': ["'none'"],
      'form-action': ["'none'"],
    },
  });
}
