import { createHash } from 'node:crypto';

const TEXT = {
  en: {
    title: 'Back in a moment',
    body: 'The console is starting or being updated. Conversations go on meanwhile, and this page tries again by itself.',
  },
  'zh-CN': {
    title: '马上就好',
    body: '控制台正在启动或更新，访客会话不受影响，本页会自动重试。',
  },
};

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;
font:16px/1.6 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei",sans-serif;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:2rem;text-align:center}h1{font-size:1.25rem;margin:1.25rem 0 .5rem}p{margin:0;opacity:.72}
i{display:inline-block;width:2rem;height:2rem;border-radius:50%;border:3px solid color-mix(in srgb,CanvasText 18%,transparent);
border-top-color:CanvasText;animation:t 1s linear infinite}@keyframes t{to{transform:rotate(1turn)}}
@media(prefers-reduced-motion:reduce){i{animation:none}}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Only this page's own style, nothing else. */
export const WEB_DOWN_CSP = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`;

/** Shown while the web process is away; asks again after 3 s, without script. */
export function webDownPage(acceptLanguage: string | undefined): string {
  const lang = /^\s*zh/i.test(acceptLanguage ?? '') ? 'zh-CN' : 'en';
  const { title, body } = TEXT[lang];
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="3">
<style>${STYLE}</style></head><body><main role="status"><i aria-hidden="true"></i><h1>${title}</h1><p>${body}</p></main></body></html>`;
}
