import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { checkout } from '#scripts/launcher/checkout.ts';
import type { Seed } from '../bench.ts';
import type { Size } from './plan.ts';
import { pastMonths, seedShop } from './seed.ts';
import type { Shop } from './shop.ts';

/** What the seed's rows depend on: the seeding itself, the product that lives the moulds, the tables. */
const SOURCES = [
  'bench/inbox/{bulk,lives,moulds,plan,seed,shop,texts}.ts',
  'lib/domain/conversation/**/*.ts',
  'prisma/migrations/**/*.sql',
  'server/conversation/**/*.ts',
];

/** Of today: the newest conversations are hours old, and the log's months end with this one. */
function versionOf(size: Size): string {
  const hash = createHash('sha256').update(
    JSON.stringify([size, new Date().toISOString().slice(0, 10)]),
  );
  for (const file of globSync(SOURCES, { cwd: checkout }).sort()) {
    if (file.endsWith('.test.ts')) continue;
    hash.update(file).update(readFileSync(join(checkout, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** A shop with a year behind it, made once for this code and this day. */
export function shopSeed(name: string, size: Size, say: (line: string) => void): Seed {
  return {
    name: `inbox_${name}`,
    version: versionOf(size),
    async fill(pool) {
      const shop = await seedShop(pool, size, say);
      await pool.query('CREATE TABLE bench_shop AS SELECT $1::jsonb AS shop', [
        JSON.stringify(shop),
      ]);
    },
    async isWhole(pool) {
      // Months without a WAL are all empty after a crash of the server.
      for (const month of await pastMonths(pool)) {
        const { rows } = await pool.query(`SELECT FROM ${month} LIMIT 1`);
        if (rows.length > 0) return true;
      }
      return false;
    },
  };
}

export async function shopOf(pool: Pool): Promise<Shop> {
  const { rows } = await pool.query<{ shop: Shop }>('SELECT shop FROM bench_shop');
  if (!rows[0]) throw new Error('a seed without its shop');
  return rows[0].shop;
}
