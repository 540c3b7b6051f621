import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { PASSWORD } from '#lib/auth/password.ts';
import type { PrismaClient } from '#lib/db/generated/client.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { createWorkspace } from './create-workspace.ts';

export const SetUpDesk = z.object({
  code: z.string().trim().max(40),
  workspace: z.string().trim().min(1).max(80),
  name: z.string().trim().min(1).max(120),
  email: z.email().max(254),
  password: z.string().min(PASSWORD.min).max(PASSWORD.max),
  locale: z.enum(['en', 'zh-CN']).default('en'),
});
export type SetUpDesk = z.infer<typeof SetUpDesk>;

// Without the letters that are read as digits.
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A code of 60 bits, e.g. `K7QM-2WXA-9ZPD`. */
export function newSetupCode(): string {
  const letters = Array.from({ length: 12 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return [0, 4, 8].map((i) => letters.slice(i, i + 4).join('')).join('-');
}

export function hashSetupCode(code: string): string {
  const bare = code.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return createHash('sha256').update(`parlour setup ${bare}`).digest('hex');
}

/**
 * The first visitor with the printed code becomes the owner of a new workspace; the code dies with it.
 * @throws ParlourError already_set_up | forbidden (wrong code) | already_exists (e-mail address)
 */
export async function setUpDesk(db: PrismaClient, input: SetUpDesk) {
  return db.$transaction(async (tx) => {
    // The lock makes two visitors with the same code one after the other.
    const [row] = await tx.$queryRaw<{ setup_code_hash: string | null; setup_at: Date | null }[]>`
      SELECT setup_code_hash, setup_at FROM installation WHERE id = 1 FOR UPDATE`;
    if (!row || row.setup_at) throw new ParlourError('already_set_up');
    const given = Buffer.from(hashSetupCode(input.code));
    const wanted = Buffer.from(row.setup_code_hash ?? '');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      throw new ParlourError('forbidden', {
        issues: [{ path: 'code', message: 'setup_code_wrong' }],
      });
    }
    if (await tx.user.findUnique({ where: { email: input.email.toLowerCase() } })) {
      throw new ParlourError('already_exists', { issues: [{ path: 'email', message: 'taken' }] });
    }
    const made = await createWorkspace(tx, {
      name: input.workspace,
      queueName: input.locale === 'zh-CN' ? '客服' : 'Support',
      owner: { name: input.name, email: input.email, password: input.password },
    });
    await tx.installation.update({
      where: { id: 1 },
      data: { setupAt: new Date(), setupCodeHash: null },
    });
    return made;
  });
}
