import type { Column, ForeignKey, Shape, Table } from './shape.ts';

const list = (columns: string[]) => `(${columns.join(', ')})`;
const has = (lists: string[][], columns: string[]) =>
  lists.some((other) => list(other) === list(columns));
const described = (key: ForeignKey) =>
  `${list(key.columns)} → ${key.table}${list(key.references)} ON DELETE ${key.onDelete}`;

function compareColumn(where: string, wanted: Column, actual: Column): string[] {
  const found: string[] = [];
  const said = (column: Column) => `${column.type}${column.list ? '[]' : ''}`;
  if (said(wanted) !== said(actual)) {
    found.push(`${where} is ${said(actual)}; schema.prisma says ${said(wanted)}`);
  }
  // Prisma reads a missing list as an empty one, whatever the column allows.
  if (!wanted.list && wanted.nullable !== actual.nullable) {
    found.push(
      `${where} ${actual.nullable ? 'may be NULL' : 'is NOT NULL'}; schema.prisma says otherwise`,
    );
  }
  if (wanted.default !== actual.default) {
    found.push(
      `${where} has default ${actual.default ?? 'none'}; schema.prisma says ${wanted.default ?? 'none'}`,
    );
  }
  return found;
}

function compareTable(name: string, wanted: Table, actual: Table): string[] {
  const found: string[] = [];
  for (const [column, definition] of wanted.columns) {
    const real = actual.columns.get(column);
    if (real) found.push(...compareColumn(`${name}.${column}`, definition, real));
    else found.push(`${name}.${column} is missing in the database`);
  }
  for (const column of actual.columns.keys()) {
    if (!wanted.columns.has(column)) found.push(`${name}.${column} is missing in schema.prisma`);
  }
  if (list(wanted.primaryKey) !== list(actual.primaryKey)) {
    found.push(
      `${name} has primary key ${list(actual.primaryKey)}; schema.prisma says ${list(wanted.primaryKey)}`,
    );
  }
  for (const columns of wanted.uniques) {
    if (!has(actual.uniques, columns))
      found.push(`${name}: unique index ${list(columns)} is missing in the database`);
  }
  for (const columns of actual.uniques) {
    if (!has(wanted.uniques, columns))
      found.push(`${name}: unique index ${list(columns)} is missing in schema.prisma`);
  }
  // Indexes for hand-written queries may stand in a migration alone.
  for (const columns of wanted.indexes) {
    if (!has(actual.indexes, columns))
      found.push(`${name}: index ${list(columns)} is missing in the database`);
  }
  const keys = {
    wanted: wanted.foreignKeys.map(described),
    actual: actual.foreignKeys.map(described),
  };
  for (const key of keys.wanted.filter((text) => !keys.actual.includes(text))) {
    found.push(`${name}: foreign key ${key} is missing in the database`);
  }
  for (const key of keys.actual.filter((text) => !keys.wanted.includes(text))) {
    found.push(`${name}: foreign key ${key} is missing in schema.prisma`);
  }
  return found;
}

/** Every difference, one readable line each; empty when both say the same. */
export function compareShapes(wanted: Shape, actual: Shape): string[] {
  const found: string[] = [];
  for (const [name, table] of wanted.tables) {
    const real = actual.tables.get(name);
    if (real) found.push(...compareTable(name, table, real));
    else found.push(`table ${name} is missing in the database`);
  }
  for (const name of actual.tables.keys()) {
    if (!wanted.tables.has(name)) found.push(`table ${name} is missing in schema.prisma`);
  }
  const names = new Set([...wanted.enums.keys(), ...actual.enums.keys()]);
  for (const name of names) {
    const [left, right] = [wanted.enums.get(name), actual.enums.get(name)];
    if (list(left ?? []) !== list(right ?? [])) {
      found.push(`enum ${name} is ${list(right ?? [])}; schema.prisma says ${list(left ?? [])}`);
    }
  }
  return found;
}
