import type { Span } from './expression.ts';
import type { Finding } from './issue.ts';
import type { IssueCode } from './issue-texts.ts';
import { RULE_LIMITS } from './limits.ts';
import { hiddenCharacter, unexpectedCharacter } from './scan-characters.ts';
import { ScanProblem } from './scan-problem.ts';
import { scanText } from './scan-text.ts';

const SIGNS = ['&&', '||', '==', '!=', '<=', '>='];
const COMPARING = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
/** After these a new comparison may begin on the same level. */
const PARTING = new Set(['&&', '||', '?', ':', ',']);
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

interface Level {
  open: string;
  compared: boolean;
}

/**
 * One pass over the text, before the parser sees it: refuses what is too long, too deep or too much,
 * and what the parser would read otherwise than CEL does.
 * - Comparisons in a row: it binds `==` weaker than `<`, CEL binds both alike.
 * - Raw texts with a backslash before a quote: it takes the quote into the text.
 * @returns the first thing wrong, or null
 */
export function scan(source: string): Finding | null {
  if (source.length > RULE_LIMITS.source) {
    const params = { most: String(RULE_LIMITS.source) };
    return { code: 'too_long', span: { start: RULE_LIMITS.source, end: source.length }, params };
  }
  const hidden = hiddenCharacter(source);
  if (hidden) return hidden;
  try {
    scanTokens(source);
    return null;
  } catch (problem) {
    if (problem instanceof ScanProblem) return problem.finding;
    throw problem;
  }
}

function scanTokens(source: string): void {
  const levels: Level[] = [{ open: '', compared: false }];
  let tokens = 0;
  let prefixes = 0;
  let choices = 0;
  let at = 0;
  while (at < source.length) {
    const token = nextToken(source, at);
    if (token.kind === 'space') {
      at = token.end;
      continue;
    }
    const span = { start: at, end: token.end };
    const text = source.slice(at, token.end);
    if (++tokens > RULE_LIMITS.tokens) tooMuch('too_many_parts', span, RULE_LIMITS.tokens);
    prefixes = text === '!' || text === '-' ? prefixes + 1 : 0;
    if (prefixes > RULE_LIMITS.prefixes) tooMuch('too_deep', span, RULE_LIMITS.prefixes);
    if (text === '?' && ++choices > RULE_LIMITS.choices)
      tooMuch('too_deep', span, RULE_LIMITS.choices);
    if (token.kind === 'sign' || text === 'in') follow(levels, text, span);
    at = token.end;
  }
}

/** Brackets, and which of them hold a comparison already. */
function follow(levels: Level[], text: string, span: Span): void {
  const level = levels.at(-1);
  if ('([{'.includes(text)) {
    levels.push({ open: text, compared: false });
    if (levels.length > RULE_LIMITS.depth + 1) tooMuch('too_deep', span, RULE_LIMITS.depth);
  } else if (')]}'.includes(text)) {
    if (levels.length > 1) levels.pop();
  } else if (level && PARTING.has(text)) {
    level.compared = false;
  } else if (level && COMPARING.has(text)) {
    if (level.compared) throw new ScanProblem('chained_comparison', span);
    level.compared = true;
  }
}

const tooMuch = (code: IssueCode, span: Span, most: number): never => {
  throw new ScanProblem(code, span, { most: String(most) });
};

type Token = { kind: 'space' | 'word' | 'number' | 'text' | 'sign'; end: number };

function nextToken(source: string, at: number): Token {
  const first = source[at] ?? '';
  if (' \t\r\n'.includes(first)) return { kind: 'space', end: at + 1 };
  if (source.startsWith('//', at)) {
    const end = source.indexOf('\n', at);
    return { kind: 'space', end: end < 0 ? source.length : end };
  }
  const quoted = scanText(source, at);
  if (quoted !== null) return { kind: 'text', end: quoted };
  const word = match(WORD, source, at);
  if (word > at) return { kind: 'word', end: word };
  const number = match(NUMBER, source, at);
  if (number > at) {
    if (number - at > RULE_LIMITS.digits)
      throw new ScanProblem(
        'literal_too_long',
        { start: at, end: number },
        { most: `${RULE_LIMITS.digits} digits` },
      );
    return { kind: 'number', end: number };
  }
  const two = source.slice(at, at + 2);
  if (SIGNS.includes(two)) return { kind: 'sign', end: at + 2 };
  if ('+-*/%<>!()[]{}.,:?'.includes(first)) return { kind: 'sign', end: at + 1 };
  throw unexpectedCharacter(source, at);
}

function match(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}
