import { type Expression, isIdentifier, type KindOf, type Literal, METHODS } from './expression.ts';
import { escapeHidden } from './scan-characters.ts';

/** How tightly an expression holds together; what holds less than its place asks gets brackets. */
const LEVEL = {
  choice: 1,
  or: 2,
  and: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  prefix: 7,
  member: 8,
} as const;

function levelOf(expression: Expression): number {
  switch (expression.kind) {
    case 'choice':
      return LEVEL.choice;
    case 'binary':
      return levelOfOperator(expression.op);
    case 'not':
    case 'negate':
      return LEVEL.prefix;
    case 'literal':
      return isNegative(expression) ? LEVEL.prefix : LEVEL.member;
    default:
      return LEVEL.member;
  }
}

function levelOfOperator(op: KindOf<'binary'>['op']): number {
  if (op === '||') return LEVEL.or;
  if (op === '&&') return LEVEL.and;
  if (op === '+' || op === '-') return LEVEL.sum;
  return op === '*' || op === '/' || op === '%' ? LEVEL.product : LEVEL.comparison;
}

const isNegative = ({ value }: Literal): boolean =>
  typeof value === 'number' && (value < 0 || Object.is(value, -0));

/**
 * Canonical text of an expression: one space around operators, brackets only where they are needed,
 * double quotes. Reading it again gives the same expression; comments are not part of it.
 * @throws TypeError for a name or a field of has() that CEL cannot write: what was read has none
 */
export function printRule(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression);
    case 'name':
      return identifier(expression.name);
    case 'select':
      return printSelect(expression);
    case 'index':
      return `${at(expression.of, LEVEL.member)}[${printRule(expression.key)}]`;
    case 'has':
      return `has(${at(expression.of, LEVEL.member)}.${identifier(expression.field)})`;
    case 'list':
      return `[${expression.items.map(printRule).join(', ')}]`;
    case 'not':
      return `!${at(expression.of, LEVEL.prefix)}`;
    case 'negate':
      return `-${at(expression.of, LEVEL.prefix)}`;
    case 'choice': {
      const [test, yes] = [at(expression.test, LEVEL.or), at(expression.yes, LEVEL.or)];
      return `${test} ? ${yes} : ${at(expression.no, LEVEL.choice)}`;
    }
    case 'binary':
      return printBinary(expression);
    case 'call':
      return printCall(expression);
    default:
      return expression satisfies never;
  }
}

/** Of a tree that was built by hand a key may be any text: never does it become more than a key. */
function printSelect({ of, field }: KindOf<'select'>): string {
  const before = at(of, LEVEL.member);
  return isIdentifier(field) ? `${before}.${field}` : `${before}[${quote(field)}]`;
}

/** @throws TypeError for what CEL cannot write; has() of such a key is `"a key" in x` */
function identifier(name: string): string {
  if (!isIdentifier(name)) throw new TypeError(`${quote(name)} is no name of a rule`);
  return name;
}

const at = (expression: Expression, level: number): string =>
  levelOf(expression) < level ? `(${printRule(expression)})` : printRule(expression);

function printBinary({ op, left, right }: KindOf<'binary'>): string {
  const level = levelOfOperator(op);
  // Comparisons stand alone; everything else groups from the left.
  const before = level === LEVEL.comparison ? level + 1 : level;
  return `${at(left, before)} ${op} ${at(right, level + 1)}`;
}

function printCall({ name, args }: KindOf<'call'>): string {
  const [first, ...rest] = args;
  if (first && METHODS.some((method) => method === name))
    return `${at(first, LEVEL.member)}.${name}(${rest.map(printRule).join(', ')})`;
  return `${name}(${args.map(printRule).join(', ')})`;
}

function printLiteral({ type, value }: Literal): string {
  if (type === 'string') return quote(value);
  if (type !== 'double') return String(value);
  const digits = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text as a literal: nothing in it can end it, and nothing invisible stays invisible. */
export const quote = (text: string): string =>
  `"${escapeHidden(text.replace(/["\\\n\r\t]/g, (found) => ESCAPES[found] ?? found))}"`;
