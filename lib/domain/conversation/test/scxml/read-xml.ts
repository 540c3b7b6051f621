/** As much of XML as the SCXML cases use: elements, attributes, comments, CDATA; text is not kept. */
export interface Element {
  /** Without its namespace's prefix. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  /** It holds text or CDATA that is not white space. */
  hasText: boolean;
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<\/[^>]+>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const local = (name: string) => name.slice(name.indexOf(':') + 1);
const plain = (text: string) => text.replace(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all);

/** @throws when the text is not the XML this reader knows, so that nothing is left out in silence */
export function readXml(text: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], hasText: false };
  const open = [top];
  let read = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index !== read) throw new Error(`no XML at ${read}: ${text.slice(read, read + 40)}`);
    read += match[0].length;
    const here = open.at(-1);
    if (!here) throw new Error('more ends than elements');
    const [whole, cdata, name, attributes, empty, words] = match;
    if (words !== undefined || cdata !== undefined) {
      if ((words ?? cdata ?? '').trim() !== '') here.hasText = true;
    } else if (name !== undefined) {
      const element: Element = {
        name: local(name),
        attributes: Object.fromEntries(
          [...(attributes ?? '').matchAll(ATTRIBUTE)].map(([, key, double, single]) => [
            key ?? '',
            plain(double ?? single ?? ''),
          ]),
        ),
        children: [],
        hasText: false,
      };
      here.children.push(element);
      if (empty === '') open.push(element);
    } else if (whole.startsWith('</')) open.pop();
  }
  const root = top.children[0];
  if (read !== text.length || open.length !== 1 || !root) throw new Error('no whole XML');
  return root;
}
