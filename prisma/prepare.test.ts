import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTestDatabase } from '#server/test/database.ts';

const run = promisify(execFile);

const prepare = (env: Record<string, string>) =>
  run(process.execPath, [join(import.meta.dirname, 'prepare.ts')], {
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      PARLOUR_SECRET: 'a secret of nothing but this test, long enough',
      PUBLIC_URL: 'https://desk.example',
      HOST: '0.0.0.0',
      LOG_LEVEL: 'silent',
      ...env,
    },
  });

/** Each run loads the database client anew, which takes seconds on a busy machine. */
const PATIENCE_MS = 120_000;

test(
  'applies what is missing, tells the setup code, and may be run again',
  async () => {
    const db = await createTestDatabase();
    await db.pool.query('DROP SCHEMA public CASCADE');
    await db.pool.query('CREATE SCHEMA public');
    const first = await prepare({ DATABASE_URL: db.url });
    const [, applied, total] = /Tables: (\d+) of (\d+) /.exec(first.stdout) ?? [];
    expect(Number(applied)).toBeGreaterThan(0);
    expect(applied).toBe(total);
    expect(first.stdout).toMatch(/Set up: https:\/\/desk\.example\/setup\nCode: {3}\S+/);
    await db.pool.query('UPDATE installation SET setup_at = now()');
    const again = await prepare({ DATABASE_URL: db.url });
    expect(again.stdout).toContain(`Tables: 0 of ${total} `);
    expect(again.stdout).not.toContain('Code');
    await db.drop();
  },
  PATIENCE_MS,
);

test(
  'without its database it fails, and says why without the password',
  async () => {
    const error = await prepare({
      DATABASE_URL: 'postgresql://parlour:hush@127.0.0.1:1/parlour',
    }).catch((failed: { code: number; stderr: string }) => failed);
    expect(error).toMatchObject({ code: 1, stderr: expect.stringMatching(/ECONNREFUSED/) });
    expect(error.stderr).not.toContain('hush');
  },
  PATIENCE_MS,
);
