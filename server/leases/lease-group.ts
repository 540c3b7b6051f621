import type { Pool } from 'pg';

/** How long a holder's word holds; and how often it is renewed. A holder that stops is replaced within 3 s. */
export const LEASE = { ttlMs: 2_400, everyMs: 600 } as const;

export interface LeaseGroup {
  /** Name → epoch of what is held now. Empties by itself when renewals stop, even in a frozen process. */
  held(): ReadonlyMap<string, string>;
  /** Renews, takes what is free up to a fair share of `names`, gives back what is more. */
  tick(names: readonly string[]): Promise<void>;
  /** Gives everything back, so that others need not wait for the expiry. */
  release(): Promise<void>;
}

interface Row {
  name: string;
  epoch: string;
}

/**
 * Leases of one kind of work (Law 7), shared fairly among the nodes that do it: a row per name with
 * holder, epoch and expiry by the database's clock. The epoch grows with every change of hands, so a
 * statement that names an old one finds nothing. Each node also holds a row of its own, by which the
 * others count it.
 * @param prefix of the lease names, e.g. `timers:`; `names` come without it
 */
export function createLeaseGroup(options: {
  pool: Pool;
  nodeId: string;
  prefix: string;
  ttlMs?: number;
}): LeaseGroup {
  const { pool, nodeId, prefix } = options;
  const ttlMs = options.ttlMs ?? LEASE.ttlMs;
  const nodeRow = `node:${prefix}${nodeId}`;
  let held = new Map<string, string>();
  /** Monotonic ms until which the last renewal surely holds, counted from before it was asked. */
  let sureUntil = 0;

  const bare = (row: Row): [string, string] => [row.name.slice(prefix.length), row.epoch];

  async function renew(): Promise<void> {
    const asked = performance.now();
    const names = [...held.keys()].map((name) => prefix + name);
    const epochs = [...held.values()];
    const { rows } = await pool.query<Row>({
      name: 'lease_renew',
      text: `WITH here AS (
          INSERT INTO lease (name, holder, epoch, expires_at)
          VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
          ON CONFLICT (name) DO UPDATE SET expires_at = EXCLUDED.expires_at),
        mine AS (
          SELECT l.name FROM lease l
          JOIN unnest($4::text[], $5::bigint[]) AS known(name, epoch)
            ON l.name = known.name AND l.epoch = known.epoch
          WHERE l.holder = $2 ORDER BY l.name FOR UPDATE OF l)
        UPDATE lease l SET expires_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
        FROM mine WHERE l.name = mine.name
        RETURNING l.name, l.epoch::text AS epoch`,
      values: [nodeRow, nodeId, ttlMs, names, epochs],
    });
    held = new Map(rows.map(bare));
    sureUntil = asked + ttlMs;
  }

  /** Nodes that died left their row; nobody counts it any more. */
  async function forgetDead(): Promise<void> {
    await pool.query(
      `DELETE FROM lease WHERE starts_with(name, $1) AND expires_at < clock_timestamp() - interval '1 h'`,
      [`node:${prefix}`],
    );
  }

  /** How many nodes share the work now, this one included. */
  async function nodes(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>({
      name: 'lease_nodes',
      text: `SELECT count(*)::int AS count FROM lease
        WHERE starts_with(name, $1) AND expires_at > clock_timestamp()`,
      values: [`node:${prefix}`],
    });
    return Math.max(1, rows[0]?.count ?? 1);
  }

  /**
   * Takes what is free. In the order of a hash, the same on every node (two that claim at once do not
   * deadlock), so that neighbours, like the queues of one workspace, go to different nodes.
   */
  async function claim(names: readonly string[], most: number): Promise<void> {
    const { rows } = await pool.query<Row>({
      name: 'lease_claim',
      text: `INSERT INTO lease (name, holder, epoch, expires_at)
        SELECT wanted.name, $2, 1, clock_timestamp() + make_interval(secs => $3::float8 / 1000)
        FROM unnest($1::text[]) AS wanted(name) LEFT JOIN lease l ON l.name = wanted.name
        WHERE l.expires_at IS NULL OR l.expires_at <= clock_timestamp()
        ORDER BY md5(wanted.name) LIMIT $4
        ON CONFLICT (name) DO UPDATE
          SET holder = EXCLUDED.holder, epoch = lease.epoch + 1, expires_at = EXCLUDED.expires_at
          WHERE lease.expires_at <= clock_timestamp()
        RETURNING name, epoch::text AS epoch`,
      values: [names.map((name) => prefix + name), nodeId, ttlMs, most],
    });
    for (const row of rows) held.set(...bare(row));
  }

  async function giveBack(names: readonly string[]): Promise<void> {
    for (const name of names) held.delete(name);
    // The row stays with its epoch; only its time ends.
    await pool.query({
      name: 'lease_give_back',
      text: `UPDATE lease SET expires_at = clock_timestamp() WHERE name = ANY ($1) AND holder = $2`,
      values: [names.map((name) => prefix + name), nodeId],
    });
  }

  return {
    held: () => (performance.now() < sureUntil ? held : new Map()),

    async tick(names) {
      if (sureUntil === 0) await forgetDead();
      await renew();
      const wanted = new Set(names);
      const share = Math.ceil(names.length / (await nodes()));
      const unwanted = [...held.keys()].filter((name) => !wanted.has(name));
      const kept = names.filter((name) => held.has(name));
      const surplus = [...unwanted, ...kept.slice(share)];
      if (surplus.length > 0) await giveBack(surplus);
      const missing = names.filter((name) => !held.has(name));
      const room = share - held.size;
      if (room > 0 && missing.length > 0) await claim(missing, room);
    },

    async release() {
      const names = [...held.keys()];
      sureUntil = 0;
      await giveBack(names);
      await pool.query('DELETE FROM lease WHERE name = $1 AND holder = $2', [nodeRow, nodeId]);
    },
  };
}

/** SQL: the holder still holds the lease at this epoch. Arguments are SQL expressions. */
export function leaseHolds(name: string, holder: string, epoch: string): string {
  return `EXISTS (SELECT FROM lease WHERE lease.name = ${name} AND lease.holder = ${holder}
    AND lease.epoch = ${epoch} AND lease.expires_at > clock_timestamp())`;
}
