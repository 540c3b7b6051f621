import type { Pool, PoolClient } from 'pg';

/** Decides what happens to a statement: `pass`, or what to do instead of giving its answer. */
export type Fault =
  | 'pass'
  | 'lose-answer'
  | 'cut-before'
  | { sqlstate: string }
  | { until: Promise<unknown> };

/**
 * A pool whose connections break where a test says so. `lose-answer`: the server does the statement
 * and the connection is cut before the answer is read; `cut-before`: cut before it is sent; an
 * SQLSTATE: the server refuses the statement with it; `until`: it is sent only then.
 */
export function faultyPool(pool: Pool, faultOf: (sql: string) => Fault): Pool {
  const connect = async () => wrap(await pool.connect(), faultOf);
  return new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return connect;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function wrap(client: PoolClient, faultOf: (sql: string) => Fault): PoolClient {
  const query = async (statement: string | { text: string }, values?: unknown[]) => {
    const sql = typeof statement === 'string' ? statement : statement.text;
    const fault = faultOf(sql);
    if (fault === 'pass') return client.query(statement as string, values);
    if (typeof fault === 'object' && 'until' in fault) {
      await fault.until;
      return client.query(statement as string, values);
    }
    if (typeof fault === 'object') {
      throw Object.assign(new Error(`refused: ${fault.sqlstate}`), { code: fault.sqlstate });
    }
    if (fault === 'lose-answer') await client.query(statement as string, values);
    throw await cut(client);
  };
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Breaks the connection as a network does, and returns the error that whoever waits would get. */
async function cut(client: PoolClient): Promise<Error> {
  const { stream } = Reflect.get(client, 'connection') as { stream: { destroy(): void } };
  const ended = new Promise((resolve) => client.once('end', resolve));
  stream.destroy();
  await ended;
  return new Error('Connection terminated unexpectedly');
}
