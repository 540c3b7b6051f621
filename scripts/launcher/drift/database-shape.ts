import type { ClientBase, Pool } from 'pg';
import { emptyTable, type Shape } from './shape.ts';

/** Partitions repeat their parent, and the ledger of migrations is not the application's. */
const OURS = `
  c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> '_prisma_migrations'`;

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name,
         regexp_replace(format_type(a.atttypid, a.atttypmod), '\\[\\]$', '') AS type,
         t.typcategory = 'A' AS list, NOT a.attnotnull AS nullable,
         CASE WHEN a.attidentity <> '' THEN 'nextval' ELSE pg_get_expr(d.adbin, d.adrelid) END AS default,
         a.attgenerated <> '' AS generated
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE ${OURS} AND a.attnum > 0 AND NOT a.attisdropped`;

const INDEXES = `
  SELECT c.relname AS table, i.indisunique AS unique, i.indisprimary AS primary,
         array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, n)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY k.n) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  WHERE ${OURS} AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid`;

const FOREIGN_KEYS = `
  SELECT c.relname AS table, target.relname AS target, k.confdeltype AS on_delete,
         array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS x(num, n)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num ORDER BY x.n) AS columns,
         array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS x(num, n)
               JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num ORDER BY x.n) AS "references"
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class target ON target.oid = k.confrelid
  WHERE ${OURS} AND k.contype = 'f'`;

const ENUMS = `
  SELECT t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE t.typnamespace = 'public'::regnamespace GROUP BY t.typname`;

const ON_DELETE: Record<string, string> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

/** `'away'::text` → away, `ARRAY[]::uuid[]` → {}; other expressions stay as they are. */
export function plainDefault(expression: string | null): string | undefined {
  if (expression === null) return undefined;
  if (expression.startsWith('nextval(')) return 'nextval';
  if (/^ARRAY\[\](::.+)?$/.test(expression)) return '{}';
  const text = /^'((?:[^']|'')*)'(::.+)?$/.exec(expression);
  if (text) return (text[1] ?? '').replaceAll("''", "'");
  return expression.replace(/::[a-z ]+$/, '');
}

/** Reads the same shape from a real database's catalogue (schema `public`). */
export async function databaseShape(db: Pool | ClientBase): Promise<Shape> {
  const shape: Shape = { tables: new Map(), enums: new Map() };
  const table = (name: string) => {
    const found = shape.tables.get(name) ?? emptyTable();
    shape.tables.set(name, found);
    return found;
  };
  const columns = await db.query<{
    table: string;
    name: string;
    type: string;
    list: boolean;
    nullable: boolean;
    default: string | null;
    generated: boolean;
  }>(COLUMNS);
  for (const row of columns.rows) {
    table(row.table).columns.set(row.name, {
      type: row.type,
      list: row.list,
      nullable: row.nullable,
      default: plainDefault(row.default),
    });
  }
  const indexes = await db.query<{
    table: string;
    unique: boolean;
    primary: boolean;
    columns: string[];
  }>(INDEXES);
  for (const row of indexes.rows) {
    if (row.primary) table(row.table).primaryKey = row.columns;
    else if (row.unique) table(row.table).uniques.push(row.columns);
    else table(row.table).indexes.push(row.columns);
  }
  const keys = await db.query<{
    table: string;
    target: string;
    on_delete: string;
    columns: string[];
    references: string[];
  }>(FOREIGN_KEYS);
  for (const row of keys.rows) {
    table(row.table).foreignKeys.push({
      columns: row.columns,
      table: row.target,
      references: row.references,
      onDelete: ON_DELETE[row.on_delete] ?? row.on_delete,
    });
  }
  const enums = await db.query<{ name: string; labels: string[] }>(ENUMS);
  for (const row of enums.rows) shape.enums.set(row.name, row.labels);
  return shape;
}
