import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch, type Patch } from '../patch.ts';

const CONVERSATION = 'server/conversation';

/** How long the careless build lets a COMMIT wait after its answer. ms */
const CARELESS_MS = 1_600;

/** Every group goes the long way, whose safeguards are taken out below. */
const WITHOUT_PLAIN_WAY: Patch = {
  file: `${CONVERSATION}/group-plain-choice.ts`,
  from: /export function plainChanges\([^{]*{/,
  to: `$& if (items.length >= 0) return [];`,
};

/**
 * Builds with one safeguard taken out. They are made when a desk process loads its source, so that
 * nothing in the product knows of them.
 */
export const BROKEN_BUILDS = {
  /** Law 2 gone: the answer goes out before the COMMIT, which follows a second later. */
  'ack before commit': [
    {
      file: `${CONVERSATION}/append-transaction.ts`,
      from: `await client.query('COMMIT');`,
      to: `setTimeout(() => client.query('COMMIT').catch(() => undefined), ${CARELESS_MS});`,
    },
    {
      file: `${CONVERSATION}/append-transaction.ts`,
      from: `client.release(lost);`,
      to: `setTimeout(() => client.release(lost), what === 'transaction' ? ${CARELESS_MS + 200} : 0);`,
    },
    WITHOUT_PLAIN_WAY,
  ],
  /** P1 gone: nobody asks whether a key is known. */
  'no client-id check': [
    {
      file: `${CONVERSATION}/group-lock.ts`,
      from: /export async function knownKeys\([^{]*{/,
      to: `$& if (items.length >= 0) return new Map();`,
    },
    WITHOUT_PLAIN_WAY,
  ],
  /** I6 gone: a fired timer acts on whatever timer has its name by then. */
  'timer without gen check': [
    {
      file: 'lib/domain/conversation/admission.ts',
      from: `snapshot.timers[event.name]?.gen === event.gen ? ADMITTED : IGNORED`,
      to: `snapshot.timers[event.name] ? ADMITTED : IGNORED`,
    },
  ],
} as const satisfies Record<string, readonly Patch[]>;

export type BrokenBuild = keyof typeof BROKEN_BUILDS;

/** @throws when some patch does not fit the source as it stands in `root` */
export function expectPatchesFit(build: BrokenBuild, root: string): void {
  const sources = new Map<string, string>();
  for (const patch of BROKEN_BUILDS[build]) {
    const source = sources.get(patch.file) ?? readFileSync(join(root, patch.file), 'utf8');
    sources.set(patch.file, applyPatch(source, patch));
  }
}
