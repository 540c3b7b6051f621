import { RULE_LIMITS } from './limits.ts';
import { ScanProblem } from './scan-problem.ts';

const START = /([rRbB]?)("""|'''|"|')/y;

/**
 * @returns where the text literal that begins at `at` ends, or null when none begins there
 * @throws ScanProblem
 */
export function scanText(source: string, at: number): number | null {
  START.lastIndex = at;
  const start = START.exec(source);
  if (!start) return null;
  const [opening, prefix = '', quote = ''] = start;
  const bodyAt = at + opening.length;
  const isRaw = prefix.toLowerCase() === 'r';
  const long = quote.length === 3;
  let end = bodyAt;
  let characters = 0;
  while (!source.startsWith(quote, end)) {
    const character = source[end];
    if (character === undefined || (!long && (character === '\n' || character === '\r')))
      throw new ScanProblem('unterminated_text', { start: at, end: Math.min(end, source.length) });
    if (character === '\\') {
      if (isRaw && source[end + 1] === quote[0])
        throw new ScanProblem(
          'not_available',
          { start: end, end: end + 2 },
          {
            feature: 'A backslash before a quote in a raw text',
            instead: 'Write "\\\\" and "\\"".',
          },
        );
      end += 1;
    }
    end += 1;
    characters += 1;
  }
  if (characters > RULE_LIMITS.text)
    throw new ScanProblem(
      'literal_too_long',
      { start: at, end },
      { most: `${RULE_LIMITS.text} characters` },
    );
  return end + quote.length;
}
