import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { frame, jsonFrame, magic } from './archive.ts';
import { partitions, quote, sequences, type TableInfo, tablesInOrder } from './catalogue.ts';
import type { Header } from './header.ts';

export type DumpResult = { tables: number; rows: number };

async function headerOf(
  client: Client,
  about: { version: string; secret: string | undefined },
): Promise<Header> {
  const migrations = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations
     WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL ORDER BY migration_name`,
  );
  return {
    createdAt: new Date().toISOString(),
    version: about.version,
    migrations: migrations.rows,
    partitions: await partitions(client),
    sequences: await sequences(client),
    secret: about.secret,
  };
}

async function* rowsOf(
  client: Client,
  table: TableInfo,
  count: (rows: number) => void,
): AsyncGenerator<Buffer> {
  yield jsonFrame('T', table);
  const columns = table.columns.map(quote).join(', ');
  const copy = client.query(copyTo(`COPY (SELECT ${columns} FROM ${quote(table.name)}) TO STDOUT`));
  for await (const chunk of copy) yield frame('D', chunk);
  yield jsonFrame('E', { rows: copy.rowCount });
  count(copy.rowCount);
}

/**
 * Writes every row to `file` as of one moment, while Parlour goes on. The file appears only when it
 * is complete and on disk; it is readable by its owner only, since it holds everything.
 */
export async function dump(
  url: string,
  file: string,
  about: { version: string; secret: string | undefined },
  note: (text: string) => void,
): Promise<DumpResult> {
  const client = new Client({ connectionString: url, application_name: 'parlour-backup' });
  await client.connect();
  const result: DumpResult = { tables: 0, rows: 0 };
  async function* everything(): AsyncGenerator<Buffer> {
    yield magic();
    yield jsonFrame('H', await headerOf(client, about));
    for (const table of await tablesInOrder(client)) {
      note(table.name);
      yield* rowsOf(client, table, (rows) => {
        result.rows += rows;
      });
      result.tables += 1;
    }
    yield jsonFrame('Z', result);
  }
  const draft = `${file}.part`;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL statement_timeout = 0');
    await pipeline(everything, createGzip(), createWriteStream(draft, { mode: 0o600 }));
    await client.query('COMMIT');
    const written = await open(draft, 'r');
    await written.sync();
    await written.close();
    await rename(draft, file);
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}
