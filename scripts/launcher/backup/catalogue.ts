import type { ClientBase } from 'pg';

export type TableInfo = { name: string; columns: string[]; types: string[] };

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Tables that hold rows of their own, referenced ones first, so that foreign keys hold at every
 * moment of a restore. Left out of their columns: generated ones, and `xid8`, which names
 * transactions of the old server and means nothing in another.
 * @throws when tables refer to one another in a circle
 */
export async function tablesInOrder(client: ClientBase): Promise<TableInfo[]> {
  const tables = await client.query<TableInfo>(`
    SELECT c.relname AS name,
           array_agg(a.attname::text ORDER BY a.attnum)
             FILTER (WHERE a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype) AS columns,
           array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
             FILTER (WHERE a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype) AS types
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND c.relname <> '_prisma_migrations'
    GROUP BY c.relname ORDER BY c.relname`);
  const keys = await client.query<{ from: string; to: string }>(`
    SELECT DISTINCT a.relname AS "from", b.relname AS "to"
    FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
    WHERE k.contype = 'f' AND a.relnamespace = 'public'::regnamespace AND k.conrelid <> k.confrelid
      AND NOT a.relispartition`);
  const ordered: TableInfo[] = [];
  let waiting = tables.rows;
  while (waiting.length > 0) {
    const names = new Set(waiting.map((table) => table.name));
    const free = waiting.filter(
      (table) => !keys.rows.some((key) => key.from === table.name && names.has(key.to)),
    );
    if (free.length === 0) throw new Error(`tables refer to one another: ${[...names].join(', ')}`);
    ordered.push(...free);
    waiting = waiting.filter((table) => !free.includes(table));
  }
  return ordered;
}

export async function partitions(
  client: ClientBase,
): Promise<{ parent: string; name: string; bounds: string }[]> {
  const { rows } = await client.query<{ parent: string; name: string; bounds: string }>(`
    SELECT p.relname AS parent, c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
    FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relispartition AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    ORDER BY c.oid`);
  return rows;
}

export async function sequences(
  client: ClientBase,
): Promise<{ name: string; value: string; called: boolean }[]> {
  const { rows } = await client.query<{ name: string; value: string; called: boolean }>(`
    SELECT sequencename AS name, coalesce(last_value, start_value)::text AS value, last_value IS NOT NULL AS called
    FROM pg_sequences WHERE schemaname = 'public'`);
  return rows;
}
