/**
 * Text as search sees it (decision 0115): words of letters and digits whole, scripts written without
 * spaces as pairs of neighbouring characters. Pure, and the same for what is stored and what is asked.
 */

const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|[\p{L}\p{N}\p{M}]+/gu;
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** The same as WORD's first branch, to cut a run of letters where such a script begins. */
const RUNS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;

/** Compatible forms alike (full-width letters, ligatures), without case. */
export function normalize(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/**
 * FNV-1a over UTF-16 units, mixed at the end. Signed 32 bits, as PostgreSQL's integer: two words
 * may share a hash, so what is found is compared with the text itself.
 */
export function hashTerm(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at += 1) {
    hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** Terms of one run: itself, or its pairs; a single character of an unspaced script is its own term. */
function* termsOfRun(run: string): Generator<string> {
  if (!UNSPACED.test(run)) {
    yield run;
    return;
  }
  const characters = Array.from(run);
  if (characters.length === 1) yield run;
  for (let at = 0; at + 1 < characters.length; at += 1) {
    yield `${characters[at]}${characters[at + 1]}`;
  }
}

/** @param text normalized */
export function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    for (const [run] of word.matchAll(RUNS)) for (const term of termsOfRun(run)) terms.add(term);
  }
  return terms;
}

/** Single characters of unspaced scripts, by which names are found: 王. @param text normalized */
export function charactersOf(text: string): Set<string> {
  return new Set(Array.from(text).filter((character) => UNSPACED.test(character)));
}

/** Ranges of n that hold 4,096 entries, and each next 16 times as many: a search begins with the newest. */
export const RANGE_BITS = [12, 16, 20, 24] as const;

/** The term of the range that holds `n`, of the workspace alone: it keeps workspaces apart as well. */
export function rangeTerm(workspaceId: string, bits: number, n: number): number {
  return hashTerm(`${workspaceId} ${bits} ${Math.floor(n / 2 ** bits)}`);
}

/** What an entry stores. `names`: characters on their own count too. */
export function entryTerms(text: string, { names = false } = {}): number[] {
  const normal = normalize(text);
  const terms = termsOf(normal);
  if (names) for (const character of charactersOf(normal)) terms.add(character);
  return Array.from(terms, hashTerm);
}

export interface SearchQuery {
  /** As typed, normalized: each must stand in the text. */
  words: string[];
  /** Words of letters and digits, which must stand there whole. */
  whole: string[];
  /** Hashes that an entry must hold; not of all words, since the text itself is compared. */
  terms: number[];
}

/** Terms asked of the index: each more costs a walk along its postings, and the rarest decide. */
const MOST_TERMS = 4;

/** A number of so many digits and letters (an order, the name part of an address) is nearly unique. */
const isNumber = (term: string) => term.length >= 5 && /\p{N}/u.test(term);

/** Pairs that cover a run without overlapping, but for the last one. */
function covering(run: string): string[] {
  const pairs = [...termsOfRun(run)];
  return pairs.filter((_, at) => at % 2 === 0 || at === pairs.length - 1);
}

/** The few terms that tell most: numbers alone, else the longest; a pair counts as three letters. */
function telling(words: readonly string[]): string[] {
  const runs = words.flatMap((word) =>
    [...word.matchAll(WORD)].flatMap(([part]) => [...part.matchAll(RUNS)].map(([run]) => run)),
  );
  const terms = [...new Set(runs.flatMap(covering))];
  const numbers = terms.filter(isNumber);
  if (numbers.length > 0) return numbers.slice(0, MOST_TERMS);
  const weight = (term: string) => (UNSPACED.test(term) ? 3 : term.length);
  const sorted = terms.sort((a, b) => weight(b) - weight(a));
  const heaviest = weight(sorted[0] ?? '');
  return sorted.filter((term) => weight(term) > 2 || heaviest < 4).slice(0, MOST_TERMS);
}

/** @returns null when nothing in it can be searched for (signs only) */
export function parseQuery(query: string): SearchQuery | null {
  const words = normalize(query)
    .split(/\s+/u)
    .filter((word) => termsOf(word).size > 0);
  const whole = words.flatMap((word) => [...termsOf(word)].filter((term) => !UNSPACED.test(term)));
  return words.length === 0 ? null : { words, whole, terms: telling(words).map(hashTerm) };
}

/** Whether the text itself holds every word: pairs may be found apart, and hashes be shared. */
export function holds(text: string, { words, whole }: SearchQuery): boolean {
  const normal = normalize(text);
  if (!words.every((word) => normal.includes(word))) return false;
  const said = termsOf(normal);
  return whole.every((word) => said.has(word));
}

const EXCERPT = 160;
const BEFORE = 40;

/** The text around the first word, at most 160 characters, whole code points. */
export function excerptOf(text: string, { words }: SearchQuery): string {
  const characters = Array.from(text.replace(/\s+/gu, ' '));
  if (characters.length <= EXCERPT) return characters.join('');
  const word = words[0] ?? '';
  // Normalizing may change lengths; then the place is near enough.
  const at = Array.from(normalize(characters.join('')).split(word, 1)[0] ?? '').length;
  const from = Math.max(0, Math.min(at - BEFORE, characters.length - EXCERPT + 2));
  const to = from + EXCERPT - 2;
  return `${from > 0 ? '…' : ''}${characters.slice(from, to).join('')}${to < characters.length ? '…' : ''}`;
}
