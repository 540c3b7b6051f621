import type { ASTNode } from '@marcbachmann/cel-js';
import {
  ARITHMETIC,
  type BinaryOperator,
  COMPARISONS,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  METHODS,
  type Span,
} from './expression.ts';
import type { Finding } from './issue.ts';
import type { IssueCode } from './issue-texts.ts';
import { INT_MAX } from './limits.ts';
import { listed, suggest } from './suggest.ts';

/** Something CEL has and rules have not. Thrown and caught within parsing only. */
export class NotAllowed extends Error {
  readonly finding: Finding;
  constructor(code: IssueCode, span: Span, params: Record<string, string> = {}) {
    super(code);
    this.finding = { code, span, params };
  }
}

const BINARY: ReadonlySet<string> = new Set([...COMPARISONS, ...ARITHMETIC, '&&', '||']);
const isBinary = (op: string): op is BinaryOperator => BINARY.has(op);
const isFunction = (name: string): name is FunctionName => FUNCTIONS.some((one) => one === name);
const isMethod = (name: string): boolean => METHODS.some((one) => one === name);

const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

const notAvailable = (span: Span, feature: string, instead = ''): never => {
  throw new NotAllowed('not_available', span, { feature, instead });
};

/**
 * The parser's tree to ours: only what is listed here gets through. Depth is bounded by the scan.
 * @throws NotAllowed
 */
export function read(node: ASTNode): Expression {
  const span = { start: node.start, end: node.end };
  switch (node.op) {
    case 'value':
      return readLiteral(node.args, span);
    case 'id':
      return { kind: 'name', name: node.args, span };
    case '.':
      return { kind: 'select', of: read(node.args[0]), field: node.args[1], span };
    case '[]':
      return { kind: 'index', of: read(node.args[0]), key: read(node.args[1]), span };
    case 'list':
      return { kind: 'list', items: node.args.map(read), span };
    case '!_':
      return { kind: 'not', of: read(node.args), span };
    case '-_':
      return readNegative(node.args, span);
    case '?:': {
      const [test, yes, no] = node.args;
      return { kind: 'choice', test: read(test), yes: read(yes), no: read(no), span };
    }
    case 'call':
      return readCall(node.args[0], node.args[1], span);
    case 'rcall':
      return readMethod(node.args[0], node.args[1], node.args[2], span);
    case 'map':
      return notAvailable(span, 'A map in braces');
    case '.?':
    case '[?]':
      return notAvailable(span, 'Optional access', 'Write has(x.y) && ….');
    default: {
      if (!isBinary(node.op)) return notAvailable(span, `The operator ${node.op}`);
      const [left, right] = node.args;
      return { kind: 'binary', op: node.op, left: read(left), right: read(right), span };
    }
  }
}

function readLiteral(value: unknown, span: Span): Expression {
  if (typeof value === 'bigint') return readInteger(value, span);
  if (typeof value === 'number') return { kind: 'literal', type: 'double', value, span };
  if (typeof value === 'string') return { kind: 'literal', type: 'string', value, span };
  if (typeof value === 'boolean') return { kind: 'literal', type: 'bool', value, span };
  if (value === null) return { kind: 'literal', type: 'null', value, span };
  return value instanceof Uint8Array
    ? notAvailable(span, 'A text of bytes', 'Leave the b before the quote away.')
    : notAvailable(span, 'An unsigned number', 'Leave the u away.');
}

function readInteger(value: bigint, span: Span): Expression {
  if (value > INT_MAX || value < -INT_MAX) {
    const params = { least: String(-INT_MAX), most: String(INT_MAX) };
    throw new NotAllowed('number_out_of_range', span, params);
  }
  return { kind: 'literal', type: 'int', value: Number(value), span };
}

/** A minus before a number belongs to it. */
function readNegative(inner: ASTNode, span: Span): Expression {
  const of = read(inner);
  const isNumber = of.kind === 'literal' && (of.type === 'int' || of.type === 'double');
  if (!isNumber || inner.op !== 'value') return { kind: 'negate', of, span };
  // Of whole numbers there is one zero.
  const value = of.type === 'int' ? 0 - of.value : -of.value;
  return { kind: 'literal', type: of.type, value, span };
}

function readCall(name: string, args: readonly ASTNode[], span: Span): Expression {
  if (name === 'has') return readHas(args, span);
  if (!isFunction(name) || isMethod(name)) return unknownFunction(name, span);
  return { kind: 'call', name, args: args.map(read), span };
}

function readHas(args: readonly ASTNode[], span: Span): Expression {
  const [field] = args;
  if (args.length !== 1 || field?.op !== '.') throw new NotAllowed('has_argument', span);
  return { kind: 'has', of: read(field.args[0]), field: field.args[1], span };
}

function readMethod(name: string, of: ASTNode, args: readonly ASTNode[], span: Span): Expression {
  if (MACROS.has(name)) return notAvailable(span, `The macro ${name}()`);
  if (name === 'matches')
    return notAvailable(span, 'A pattern', 'Use startsWith, endsWith, contains or in.');
  if (!isFunction(name) || !(isMethod(name) || name === 'size')) return unknownFunction(name, span);
  return { kind: 'call', name, args: [read(of), ...args.map(read)], span };
}

function unknownFunction(name: string, span: Span): never {
  const known = ['has', ...FUNCTIONS];
  const suggestion = isMethod(name) ? `text.${name}("…")` : suggest(name, known);
  const params = { name, suggestion, known: listed(known) };
  throw new NotAllowed('unknown_function', span, params);
}
