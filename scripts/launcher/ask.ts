import { createInterface } from 'node:readline/promises';
import { LaunchError } from './launch-error.ts';

/** Asks for a plain yes, unless `--yes` is among the arguments. Without a terminal it refuses. */
export async function confirmed(question: string, args: string[]): Promise<boolean> {
  if (args.includes('--yes')) return true;
  if (!process.stdin.isTTY) {
    throw new LaunchError(
      question.replace(/\?$/, '.'),
      'There is no terminal to ask on: add --yes (npm run … -- --yes).',
    );
  }
  const line = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes)$/i.test((await line.question(`${question} [y/N] `)).trim());
  } finally {
    line.close();
  }
}
