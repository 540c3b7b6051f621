import { demoAllowed } from '#lib/auth/demo.ts';
import { hashSetupCode, newSetupCode } from '#lib/config/set-up-desk.ts';
import { prisma } from '#lib/db/client.ts';
import { seedDemo } from './demo/seed-demo.ts';

export type FirstContent =
  | { kind: 'ready'; demo?: true }
  | ({ kind: 'demo' } & Awaited<ReturnType<typeof seedDemo>>)
  | { kind: 'setup'; code: string };

/**
 * First run: a demo workspace where only this machine can reach the desk, else a one-time setup code.
 * Running it again changes nothing, except that a desk still waiting to be set up gets a fresh code.
 */
export async function addFirstContent(): Promise<FirstContent> {
  const db = prisma();
  return db.$transaction(
    async (tx) => {
      const [row] = await tx.$queryRaw<{ setup_at: Date | null; demo: boolean }[]>`
        SELECT setup_at, demo FROM installation WHERE id = 1 FOR UPDATE`;
      if (!row) throw new Error('The database is not migrated: table installation is empty.');
      if (row.setup_at) return { kind: 'ready' };
      if (demoAllowed()) {
        if (row.demo) return { kind: 'ready', demo: true };
        const demo = await seedDemo(tx);
        await tx.installation.update({ where: { id: 1 }, data: { demo: true } });
        return { kind: 'demo', ...demo };
      }
      const code = newSetupCode();
      await tx.installation.update({
        where: { id: 1 },
        data: { setupCodeHash: hashSetupCode(code) },
      });
      return { kind: 'setup', code };
    },
    { timeout: 30_000 },
  );
}
