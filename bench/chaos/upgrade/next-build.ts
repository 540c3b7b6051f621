import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { checkout } from '#scripts/launcher/checkout.ts';
import { applyPatch, type Patch } from '../patch.ts';

/** Another release of Parlour, as files. */
export interface Build {
  /** Where its code lies. */
  root: string;
  /** The protocol it speaks; the one before, too. */
  protocol: number;
}

/** The checkout itself: what runs before the first upgrade. */
export const PRESENT: Build = { root: checkout, protocol: PROTOCOL_VERSION };

/** What a desk process needs of the checkout. */
const PARTS = ['lib', 'server', 'prisma', 'scripts', 'public', 'package.json'];

/** `generation` 1 is one release ahead. Each adds a column to the two busiest tables, reads and writes it. */
function patchesOf(generation: number): Patch[] {
  const protocol = PROTOCOL_VERSION + generation;
  return [
    {
      file: 'lib/protocol/version.ts',
      from: `PROTOCOL_VERSION = ${PROTOCOL_VERSION};`,
      to: `PROTOCOL_VERSION = ${protocol};`,
    },
    {
      file: 'server/conversation/store.ts',
      from: 'c.agent_read_seq, c.rating`',
      to: `c.agent_read_seq, c.rating, c.of_release_${generation}\``,
    },
    {
      file: 'server/conversation/group-write.ts',
      from: 'closed_at = to_timestamp(r.closed_at / 1000)\n',
      to: `closed_at = to_timestamp(r.closed_at / 1000), of_release_${generation} = 'written'\n`,
    },
    // Older pages do not know it (P4).
    {
      file: 'server/http/visitor-routes.ts',
      from: 'ok({ token, visitorId,',
      to: `ok({ release: ${protocol}, token, visitorId,`,
    },
  ];
}

const migrationOf = (generation: number) => `
-- Additive: the release before goes on beside it.
ALTER TABLE "conversation" ADD COLUMN "of_release_${generation}" TEXT;
ALTER TABLE "event" ADD COLUMN "of_release_${generation}" TEXT NOT NULL DEFAULT 'before';
`;

/** Relative to the build's root. */
export const MIGRATIONS = join('prisma', 'migrations');

/**
 * A release that differs from the checkout in schema and protocol, so many releases ahead. It is a copy
 * with a few places changed; the product knows nothing of it.
 */
export function makeNextBuild(folder: string, generation: number): Build {
  const root = join(folder, `release-${generation}`);
  mkdirSync(root, { recursive: true });
  for (const part of PARTS) {
    const filter = (source: string) => !source.endsWith('.test.ts');
    cpSync(join(checkout, part), join(root, part), { recursive: true, filter });
  }
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  for (const patch of patchesOf(generation)) {
    const file = join(root, patch.file);
    writeFileSync(file, applyPatch(readFileSync(file, 'utf8'), patch));
  }
  for (let each = 1; each <= generation; each++) {
    const name = `9999${String(each).padStart(10, '0')}_release_${each}`;
    const file = join(root, MIGRATIONS, name, 'migration.sql');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, migrationOf(each));
  }
  return { root, protocol: PROTOCOL_VERSION + generation };
}
