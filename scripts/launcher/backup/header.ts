import { z } from 'zod';

const Partition = z.object({ parent: z.string(), name: z.string(), bounds: z.string() });

/** First frame of a backup: everything needed before the rows. */
export const Header = z.object({
  createdAt: z.string(),
  version: z.string(),
  /** Applied migrations, in order: the tables' shape the rows have. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  partitions: z.array(Partition),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
  /** The generated master secret: without it every sign-in and visitor token would be lost. */
  secret: z.string().optional(),
});
export type Header = z.infer<typeof Header>;

export const TableStart = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  /** Of each column, as PostgreSQL writes it. */
  types: z.array(z.string()),
});
export const TableEnd = z.object({ rows: z.number() });
export const Trailer = z.object({ tables: z.number(), rows: z.number() });
