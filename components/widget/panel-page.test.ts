import { expect, it } from 'vitest';
import { panelPage, panelPolicy } from './panel-page.ts';

const assets = { js: 'panel-0.js', css: 'panel-0.css', words: { en: 'words-en-0.json' } };

it('serves no inline script or style, and what is in attributes stays there', () => {
  const page = panelPage({ key: '"><script>1</script>', origins: ['https://a.example'], assets });
  expect(page).not.toMatch(/<script(?! defer src=)/);
  expect(page).not.toContain('style=');
  expect(page).toContain('data-key="&#34;&#62;&#60;script');
});

it('may be embedded by the channel’s origins and the desk’s own, and nobody else', () => {
  const policy = panelPolicy(['https://shop.example'], 'https://desk.example');
  expect(policy).toContain("frame-ancestors 'self' https://shop.example");
  expect(policy).toContain("connect-src 'self' wss://desk.example");
  expect(policy).not.toContain('unsafe');
});

it('lets no origin smuggle in a directive', () => {
  expect(() => panelPolicy(['https://a.example; script-src *'], 'https://desk.example')).toThrow();
});
