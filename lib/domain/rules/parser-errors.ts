import type { ParseError } from '@marcbachmann/cel-js';
import type { Finding } from './issue.ts';
import { INT_MAX, RULE_LIMITS } from './limits.ts';

const TOKENS: Record<string, string> = {
  EOF: 'the end',
  NUMBER: 'a number',
  STRING: 'a text',
  BYTES: 'bytes',
  BOOLEAN: 'true or false',
  NULL: 'null',
  IDENTIFIER: 'a name',
  PLUS: '+',
  MINUS: '-',
  MULTIPLY: '*',
  DIVIDE: '/',
  MODULO: '%',
  EQ: '==',
  NE: '!=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
  AND: '&&',
  OR: '||',
  NOT: '!',
  IN: 'in',
  LPAREN: '(',
  RPAREN: ')',
  LBRACKET: '[',
  RBRACKET: ']',
  LBRACE: '{',
  RBRACE: '}',
  DOT: '.',
  COMMA: ',',
  COLON: ':',
  QUESTION: '?',
};

/** The parser's own words become ours; its codes are stable within the version we pin. */
export function findingOf(source: string, error: ParseError): Finding {
  const start = Math.min(error.range?.start ?? 0, source.length);
  const end = Math.max(start, Math.min(error.range?.end ?? start, source.length));
  const span = { start, end };
  switch (error.code) {
    case 'limit_exceeded':
      return { code: 'too_many_parts', span, params: { most: String(RULE_LIMITS.tokens) } };
    case 'invalid_number':
    case 'invalid_integer':
    case 'invalid_hex_integer':
    case 'numeric_overflow':
      return {
        code: 'number_out_of_range',
        span,
        params: { least: String(-INT_MAX), most: String(INT_MAX) },
      };
    case 'bytes_unicode_escape':
    case 'invalid_unicode_escape':
    case 'invalid_unicode_surrogate':
    case 'invalid_hex_escape':
    case 'invalid_octal_escape':
    case 'octal_escape_out_of_range':
    case 'invalid_escape_sequence':
      return { code: 'bad_escape', span, params: { escape: source.slice(start, end) } };
    case 'invalid_macro_argument':
      return { code: 'not_available', span, params: { feature: 'Macros', instead: '' } };
    case 'reserved_identifier': {
      const name = source.slice(start, end);
      return { code: 'not_available', span, params: { feature: `The word ${name}`, instead: '' } };
    }
    default:
      return { code: 'syntax', span, params: expectation(source, error, start, end) };
  }
}

function expectation(source: string, error: ParseError, start: number, end: number) {
  const token = /Expected (\w+), got (\w+)/.exec(error.summary);
  const only = /Unexpected token: (\w+)/.exec(error.summary);
  const name = token?.[2] ?? only?.[1] ?? '';
  const written = source.slice(start, end).trim().slice(0, 20);
  const found = written || TOKENS[name] || 'the end';
  return { expected: TOKENS[token?.[1] ?? ''] ?? '', found };
}
