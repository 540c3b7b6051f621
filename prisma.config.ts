import { defineConfig } from 'prisma/config';

// Parlour applies its migrations itself at start (lib/db/migrate.ts); this file serves
// `prisma generate`, which needs no database, and developers who author migrations.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost/parlour' },
});
