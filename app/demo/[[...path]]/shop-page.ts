import { fill } from '#components/widget/translate.ts';
import en from '#lib/i18n/messages/en/demo.json';
import zh from '#lib/i18n/messages/zh-CN/demo.json';
import type { Locale } from '#lib/protocol/primitives.ts';
import { ART } from './art.ts';

type Messages = typeof en;
type Slug = keyof Messages['products'];

export interface Shop {
  locale: Locale;
  /** Origin the page came by; the script tag names it in full, as another site's would. */
  desk: string;
  /** The demo channel's public key; null: the demo has none any more, and no script tag. */
  channelKey: string | null;
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);
const isSlug = (text: string): text is Slug => Object.hasOwn(en.products, text);

function picture(slug: string): string {
  const art = ART[slug];
  if (!art) return '';
  return `<svg viewBox="0 0 400 400" aria-hidden="true"><path fill="${art.ground}" d="M0 0h400v400H0z"/>${art.body}</svg>`;
}

function home(words: Messages): string {
  const { shop, products } = words;
  const cards = Object.entries(products).map(
    ([slug, product]) => `<li><a class="product" href="/demo/products/${slug}">
<span class="picture">${picture(slug)}</span>
<span class="caption"><b>${escapeHtml(product.name)}</b><span>${escapeHtml(product.price)}</span></span></a></li>`,
  );
  return `<section class="hero"><div><h1>${escapeHtml(shop.lead)}</h1><p>${escapeHtml(shop.text)}</p>
<a class="button" href="#collection">${escapeHtml(shop.browse)}</a></div>
<div class="scene">${picture('arc-lamp')}</div></section>
<section id="collection"><h2>${escapeHtml(shop.collection)}</h2><ul class="grid">${cards.join('')}</ul></section>`;
}

function detail(words: Messages, slug: Slug): string {
  const { shop, products } = words;
  const product = products[slug];
  const facts = (['made', 'size', 'care'] as const).map(
    (fact) => `<dt>${escapeHtml(shop[fact])}</dt><dd>${escapeHtml(product[fact])}</dd>`,
  );
  return `<a class="back" href="/demo">${escapeHtml(shop.back)}</a>
<article><div class="picture">${picture(slug)}</div>
<div class="about"><h1>${escapeHtml(product.name)}</h1><p class="price">${escapeHtml(product.price)}</p>
<p>${escapeHtml(product.text)}</p>
<div class="actions"><button class="button" data-add data-added="${escapeHtml(shop.added)}">${escapeHtml(shop.add)}</button>
<button class="button plain" data-ask>${escapeHtml(shop.ask)}</button></div>
<dl>${facts.join('')}</dl></div></article>`;
}

/** One page of the demo shop, with its HTTP status. `path` is what follows /demo. */
export function shopPage(path: readonly string[], shop: Shop): { status: number; html: string } {
  const words: Messages = shop.locale === 'zh-CN' ? zh : en;
  const text = words.shop;
  const [first, slug = ''] = path;
  let status = 200;
  let title = text.title;
  let main = home(words);
  if (first === 'products' && path.length === 2 && isSlug(slug)) {
    title = `${words.products[slug].name} · ${text.name}`;
    main = detail(words, slug);
  } else if (first !== undefined) {
    status = 404;
    title = `${text.missing} · ${text.name}`;
    main = `<section class="hero"><div><h1>${escapeHtml(text.missing)}</h1><p>${escapeHtml(text.missingText)}</p><a class="button" href="/demo">${escapeHtml(text.back)}</a></div></section>`;
  }
  const other: Locale = shop.locale === 'en' ? 'zh-CN' : 'en';
  const tag = shop.channelKey
    ? `<script async src="${escapeHtml(shop.desk)}/widget/loader.js" data-key="${escapeHtml(shop.channelKey)}"></script>`
    : '';
  const bag = escapeHtml(fill(text.bagCount, { count: 0 }, shop.locale));
  const html = `<!doctype html>
<html lang="${shop.locale}">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/demo/assets/shop.css">
<script defer src="/demo/assets/shop.js"></script>
${tag}
</head>
<body>
<a class="skip" href="#main">${escapeHtml(text.skip)}</a>
<header><a class="name" href="/demo">${escapeHtml(text.name)}</a>
<nav><a href="?lang=${other}" lang="${other}" data-full>${escapeHtml(text.language)}</a>
<span class="bag" role="status" data-one="${escapeHtml(fill(text.bagCount, { count: 1 }, shop.locale))}" data-many="${escapeHtml(fill(text.bagCount, { count: 2 }, shop.locale))}" aria-label="${bag}">${escapeHtml(text.bag)} <b>0</b></span></nav></header>
<main id="main" tabindex="-1">${main}</main>
<footer><p>${escapeHtml(text.promise)}</p><p>${escapeHtml(text.note)} <a href="/inbox" target="_blank" data-full>${escapeHtml(text.asDesk)}</a></p></footer>
</body>
</html>
`;
  return { status, html };
}
