/** Where something stands in the source: UTF-16 offsets, `end` exclusive, as editors count. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Of what was built, not read. */
export const NOWHERE: Span = { start: 0, end: 0 };

/** What can stand before and after a dot; other keys are written in brackets. */
export const isIdentifier = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !['true', 'false', 'null', 'in'].includes(name);

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'in'] as const;
export const ARITHMETIC = ['+', '-', '*', '/', '%'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Arithmetic = (typeof ARITHMETIC)[number];
export type BinaryOperator = Comparison | Arithmetic | '&&' | '||';

export type Literal =
  | { kind: 'literal'; type: 'int' | 'double'; value: number; span: Span }
  | { kind: 'literal'; type: 'string'; value: string; span: Span }
  | { kind: 'literal'; type: 'bool'; value: boolean; span: Span }
  | { kind: 'literal'; type: 'null'; value: null; span: Span };

/**
 * An expression of the subset. It says nothing of types. `-5` is a literal; `x.size()` is the call
 * `size(x)`; `!=` stays what it is. Written forms that mean the same by these rules are one tree.
 */
export type Expression =
  | Literal
  | { kind: 'name'; name: string; span: Span }
  | { kind: 'select'; of: Expression; field: string; span: Span }
  | { kind: 'index'; of: Expression; key: Expression; span: Span }
  | { kind: 'has'; of: Expression; field: string; span: Span }
  | { kind: 'list'; items: readonly Expression[]; span: Span }
  | { kind: 'not' | 'negate'; of: Expression; span: Span }
  | { kind: 'binary'; op: BinaryOperator; left: Expression; right: Expression; span: Span }
  | { kind: 'choice'; test: Expression; yes: Expression; no: Expression; span: Span }
  | { kind: 'call'; name: FunctionName; args: readonly Expression[]; span: Span };

export type KindOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** Written as methods: `text.startsWith("x")`. */
export const METHODS = ['startsWith', 'endsWith', 'contains'] as const;
export const FUNCTIONS = [
  'size',
  'duration',
  'timestamp',
  'timeOfDay',
  'dayOfWeek',
  'dateOf',
  ...METHODS,
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The expressions directly inside. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
    case 'has':
    case 'not':
    case 'negate':
      return [expression.of];
    case 'index':
      return [expression.of, expression.key];
    case 'list':
      return expression.items;
    case 'binary':
      return [expression.left, expression.right];
    case 'choice':
      return [expression.test, expression.yes, expression.no];
    case 'call':
      return expression.args;
    default:
      return expression satisfies never;
  }
}
