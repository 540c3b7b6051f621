import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '#lib/db/migrate.ts';
import { openCluster } from '../postgres/cluster.ts';
import { startServer } from '../postgres/server.ts';
import { compareShapes } from './compare.ts';
import { databaseShape } from './database-shape.ts';
import { prismaShape } from './prisma-shape.ts';

/**
 * Applies the migrations in `folder` to an empty throwaway database and compares the result with
 * schema.prisma. @returns one line per difference
 */
export async function findDrift(folder: string): Promise<string[]> {
  const temporary = mkdtempSync(join(tmpdir(), 'parlour-drift-'));
  const cluster = await openCluster(join(temporary, 'postgres'), 'throwaway');
  const server = await startServer(cluster, false);
  const client = new Client({ connectionString: server.url });
  try {
    await migrate(server.url, join(folder, 'migrations'));
    await client.connect();
    const wanted = prismaShape(readFileSync(join(folder, 'schema.prisma'), 'utf8'));
    return compareShapes(wanted, await databaseShape(client));
  } finally {
    await client.end();
    await server.stop();
    rmSync(temporary, { recursive: true, force: true });
  }
}
