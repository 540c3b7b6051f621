import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '#lib/db/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '#server/test/database.ts';
import { checkout } from '../checkout.ts';
import { dump } from './dump.ts';
import { load } from './load.ts';

const EXTRA = `
  CREATE TABLE probe (
    id serial PRIMARY KEY,
    always bigint GENERATED ALWAYS AS IDENTITY,
    half int NOT NULL,
    whole int GENERATED ALWAYS AS (half * 2) STORED,
    parent int REFERENCES probe (id),
    note text, tags text[], data jsonb, at timestamptz, bytes bytea
  );
  INSERT INTO probe (half) VALUES (1);`;

const ABOUT = { version: '1.2.3', secret: 'a secret of at least thirty-two letters' };
const quiet = () => undefined;

let folder: string;
let migrations: string;
let source: TestDatabase;
let target: TestDatabase;

async function fill(pool: Pool) {
  await pool.query(
    `CREATE TABLE archived AS SELECT 1.50::numeric(6,2) AS price, ARRAY['a', NULL] AS list`,
  );
  await pool.query(`SELECT ensure_event_partition('2031-05-01')`);
  await pool.query(`
    INSERT INTO workspace (id, name, slug) VALUES (gen_random_uuid(), 'Tab\there, \\N and\nnewline', 'w')`);
  await pool.query(`
    INSERT INTO contact (id, workspace_id, name, attributes)
    SELECT gen_random_uuid(), w.id, 'Grüße 你好 ' || n, jsonb_build_object('n', n, 'q', '"\\')
    FROM workspace w, generate_series(1, 500) n`);
  await pool.query(`
    INSERT INTO event (conversation_id, seq, workspace_id, source, client_id, kind, actor_kind, data)
    SELECT ids.id, n, w.id, 'v:1', n::text, 'message.sent', 'visitor', jsonb_build_object('text', repeat('x', n % 300))
    FROM workspace w, generate_series(1, 2000) n,
         (SELECT uuidv7_floor(now()) AS id UNION ALL SELECT uuidv7_floor('2031-05-09')) ids`);
  await pool.query(`
    INSERT INTO probe (half, parent, note, tags, data, at, bytes)
    VALUES (21, 1, NULL, '{"a,b",NULL,"\\"c"}', 'null', '2024-02-29 12:00:00.123456+02', '\\x00ff0a5c')`);
}

/** Everything the database holds, in one comparable value; \`tx\` names transactions of one server. */
async function contents(pool: Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ name: string; columns: string }>(`
    SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname <> '_prisma_migrations' AND a.attname NOT IN ('tx', 'cluster_epoch')
    GROUP BY c.relname`);
  const all: Record<string, unknown> = {};
  for (const { name, columns } of rows) {
    const { rows: sums } = await pool.query(
      `SELECT count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum
       FROM (SELECT ${columns} FROM "${name}") t`,
    );
    all[name] = sums[0];
  }
  return all;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-test-'));
  migrations = join(folder, 'migrations');
  cpSync(join(checkout, 'prisma', 'migrations'), migrations, { recursive: true });
  mkdirSync(join(migrations, '99990101000000_extra'));
  writeFileSync(join(migrations, '99990101000000_extra', 'migration.sql'), EXTRA);
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  source = await createEmptyDatabase();
  target = await createEmptyDatabase();
  await migrate(source.url, migrations);
  await fill(source.pool);
});

afterEach(async () => {
  await source.drop();
  await target.drop();
});

const fileOf = (name: string) => join(folder, `${name}-${Math.random()}.backup`);

describe('backup and restore', () => {
  test('bring back every row: partitions, generated columns, identities, sequences, odd characters', async () => {
    const file = fileOf('all');
    const written = await dump(source.url, file, ABOUT, quiet);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const result = await load(target.url, file, migrations, quiet);
    expect(result).toMatchObject({ rows: written.rows, tables: written.tables });
    expect(result.header).toMatchObject(ABOUT);

    const before = await contents(source.pool);
    expect(before).toMatchObject({
      event: { rows: 4000 },
      event_2031_05: { rows: 2000 },
      probe: { rows: 2 },
    });
    expect(await contents(target.pool)).toEqual(before);

    const next = `INSERT INTO probe (half) VALUES (5) RETURNING id, always, whole`;
    expect((await target.pool.query(next)).rows).toEqual((await source.pool.query(next)).rows);
    const epoch = 'SELECT cluster_epoch FROM installation';
    expect((await target.pool.query(epoch)).rows).not.toEqual(
      (await source.pool.query(epoch)).rows,
    );
    expect((await migrate(target.url, migrations)).applied).toEqual([]);
  });

  test('replace what the target had, and bring it to this release’s level', async () => {
    const older = join(folder, 'older');
    cpSync(join(checkout, 'prisma', 'migrations'), older, { recursive: true });
    const old = await createEmptyDatabase();
    await migrate(old.url, older);
    await old.pool.query(
      `INSERT INTO workspace (id, name, slug) VALUES (gen_random_uuid(), 'Old', 'old')`,
    );
    const file = fileOf('older');
    await dump(old.url, file, ABOUT, quiet);
    await old.drop();

    await load(source.url, file, migrations, quiet);
    expect((await source.pool.query('SELECT name FROM workspace')).rows).toEqual([{ name: 'Old' }]);
    expect((await source.pool.query('SELECT half FROM probe')).rows).toEqual([{ half: 1 }]);
  });

  test('a backup is of one moment: what is written meanwhile is not in it', async () => {
    const file = fileOf('moment');
    let late: Promise<unknown> | undefined;
    await dump(source.url, file, ABOUT, () => {
      late ??= source.pool.query(
        `INSERT INTO workspace (id, name, slug) VALUES (gen_random_uuid(), 'Late', 'late')`,
      );
    });
    await late;
    await load(target.url, file, migrations, quiet);
    expect((await target.pool.query('SELECT slug FROM workspace')).rows).toEqual([{ slug: 'w' }]);
  });
});

describe('a restore that fails leaves what was there', () => {
  const damage: [string, (whole: Buffer) => Buffer, RegExp][] = [
    ['cut short', (whole) => whole.subarray(0, whole.length - 2000), /damaged/],
    [
      'with a flipped byte',
      (whole) =>
        Buffer.from(whole.map((byte, at) => (at === whole.length >> 1 ? byte ^ 255 : byte))),
      /damaged/,
    ],
    ['without its end', (whole) => gzipSync(gunzipSync(whole).subarray(0, -60)), /damaged/],
    ['that is no backup', () => Buffer.from('hello'), /not a backup/],
    ['that is another gzip', () => gzipSync('hello, this is something else'), /not a backup/],
  ];
  test.each(damage)('a file %s', async (_, change, message) => {
    const file = fileOf('whole');
    await dump(source.url, file, ABOUT, quiet);
    writeFileSync(file, change(readFileSync(file)));
    await migrate(target.url, migrations);
    await target.pool.query(
      `INSERT INTO workspace (id, name, slug) VALUES (gen_random_uuid(), 'Mine', 'mine')`,
    );
    const before = await contents(target.pool);
    await expect(load(target.url, file, migrations, quiet)).rejects.toThrow(message);
    expect(await contents(target.pool)).toEqual(before);
  });

  test('a backup of a newer release', async () => {
    const file = fileOf('newer');
    await dump(source.url, file, ABOUT, quiet);
    await expect(
      load(target.url, file, join(checkout, 'prisma', 'migrations'), quiet),
    ).rejects.toThrow(/another release \(1\.2\.3\): migration 99990101000000_extra is unknown/);
  });
});
