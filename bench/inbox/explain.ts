import { escapeLiteral, type Pool } from 'pg';

/** What a plan must not do, whatever the size of the tables. */
const BIG = /^(conversation|event_\d{4}_\d{2}|search_entry|contact|visitor|member_read)$/;
/** A sort or hash of more than this is of the table and not of a page. */
const MOST_SORTED = 10_000;
/** Counting reads the open ones, which are bounded by the business and not by its history. */
const READS_OPEN = new Set(['inbox_counts']);

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}

const rowsOf = (node: Node) =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];

function faults(node: Node, name: string): string[] {
  const table = node['Relation Name'] ?? '';
  const own: string[] = [];
  if (node['Node Type'] === 'Seq Scan' && BIG.test(table) && rowsOf(node) > 0) {
    own.push(`${name} reads all of ${table}`);
  }
  const input = (node.Plans ?? []).reduce((sum, below) => sum + rowsOf(below), 0);
  if (/Sort|Aggregate/.test(node['Node Type']) && input > MOST_SORTED && !READS_OPEN.has(name)) {
    own.push(`${name} sorts ${Math.round(input)} rows`);
  }
  return [...own, ...(node.Plans ?? []).flatMap((below) => faults(below, name))];
}

type Query = { name: string; text: string; values?: unknown[] };

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return escapeLiteral(`{${value.join()}}`);
  return escapeLiteral(String(value));
}

/** A pool that explains each named statement it runs; `found` collects what is wrong with its plans. */
export interface Explained {
  pool: Pool;
  found: Set<string>;
}

/**
 * As PostgreSQL plans prepared statements: by the plan for any parameters, and by the one for these.
 * The first few uses of each statement are explained.
 */
export function explaining(pool: Pool, uses = 6): Explained {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  const query = async ({ name, text, values = [] }: Query) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    if (times < uses) {
      const client = await pool.connect();
      try {
        await client.query(`PREPARE explained AS ${text}`);
        const run = `EXECUTE explained${values.length > 0 ? `(${values.map(literal).join()})` : ''}`;
        for (const mode of ['force_generic_plan', 'force_custom_plan']) {
          await client.query(`SET plan_cache_mode = ${mode}`);
          const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${run}`);
          for (const fault of faults(rows[0]['QUERY PLAN'][0].Plan as Node, name)) found.add(fault);
        }
        await client.query('DEALLOCATE explained; RESET plan_cache_mode');
      } finally {
        client.release();
      }
    }
    return pool.query({ text, values });
  };
  const proxy = new Proxy(pool, {
    get: (target, key) => (key === 'query' ? query : Reflect.get(target, key)),
  });
  return { pool: proxy, found };
}
