/** A run of text: shown as it is, or as a link to `href`. */
export type Piece = { text: string; href?: string };

// No backtracking: each class is disjoint from what must follow it. Chinese and full-width
// punctuation ends an address, because people write 请看 https://example.com，谢谢 without spaces.
const CANDIDATE =
  /\bhttps?:\/\/[^\s<>"'`，。；：！？、（）《》「」【】“”‘’]+|\bmailto:[^\s<>"'`，。；：！？、（）]+|[\w.+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,8}/gi;

const OPENING: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Cuts what belongs to the sentence around an address, not to it: `(see https://a.b/c).` */
function trimTail(address: string): string {
  // How many more closing than opening brackets there are, so that one pass is enough.
  const surplus: Record<string, number> = {};
  for (const closing in OPENING) {
    surplus[closing] = address.split(closing).length - address.split(OPENING[closing] ?? '').length;
  }
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? '';
    if ('.,;:!?*_~'.includes(last)) continue;
    const extra = surplus[last];
    if (extra === undefined || extra <= 0) break;
    surplus[last] = extra - 1;
  }
  return address.slice(0, end);
}

function hrefOf(address: string): string | null {
  const href = /^(?:https?|mailto):/i.test(address) ? address : `mailto:${address}`;
  if (!URL.canParse(href)) return null;
  const { protocol } = new URL(href);
  return protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:' ? href : null;
}

/**
 * Splits a message into text and links. Only http(s) addresses, mailto: and bare e-mail addresses
 * become links; everything else, `javascript:` too, stays text. The pieces joined are the input.
 */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = trimTail(match[0]);
    const href = hrefOf(address);
    if (address === '' || href === null) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
