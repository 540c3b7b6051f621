import { parseAst } from 'vitest/node';

export type Import = { specifier: string; line: number };

type Node = { type: string; start: number } & Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const literal = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : undefined;

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node.source);
    case 'CallExpression': {
      const callee = node.callee;
      const isRequire = isNode(callee) && callee.type === 'Identifier' && callee.name === 'require';
      return isRequire ? literal((node.arguments as unknown[])[0]) : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * Every import of a source, types included: a type drags its room's words along as well. A parser
 * reads it, since a pattern would miss the ones it did not think of.
 */
export function importsOf(source: string, file: string): Import[] {
  const lang = /\.[jt]sx$/.test(file) ? 'tsx' : 'ts';
  const found: Import[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (isNode(value)) {
      const specifier = specifierOf(value);
      if (specifier !== undefined) {
        found.push({ specifier, line: source.slice(0, value.start).split('\n').length });
      }
      for (const child of Object.values(value)) if (typeof child === 'object') visit(child);
    }
  };
  visit(parseAst(source, { lang, astType: 'ts' }, file).body);
  return found;
}
