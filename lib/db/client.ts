import { PrismaPg } from '@prisma/adapter-pg';
import { databaseUrl, env } from '#lib/env.ts';
import { PrismaClient } from './generated/client.ts';

/** A Prisma client on `url`; the caller disconnects it. */
export function createPrisma(url: string, max = 10): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max, application_name: 'parlour-prisma' }),
  });
}

// Next reloads modules in development; without this each reload would leak a pool.
const holder = globalThis as typeof globalThis & { parlourPrisma?: PrismaClient };

/** This process's own client on DATABASE_URL, made at the first call. */
export function prisma(): PrismaClient {
  holder.parlourPrisma ??= createPrisma(databaseUrl(), env().databasePoolSize);
  return holder.parlourPrisma;
}

/** Disconnects this process's own client, if it was made. */
export async function endPrisma(): Promise<void> {
  const ending = holder.parlourPrisma;
  holder.parlourPrisma = undefined;
  await ending?.$disconnect();
}
