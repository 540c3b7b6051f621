import type { StoragePort } from '#lib/sdk/api.ts';

const NAME = 'draft';

/**
 * Whom a site's identity token names: its `sub`, unverified (the desk verifies); '' for nobody. Equal
 * tokens' names are equal, which is all that is asked: atob gives other scripts as Latin-1.
 */
export function personOf(token: string | undefined): string {
  try {
    const body = (token?.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    return String(JSON.parse(atob(body)).sub);
  } catch {
    // Absent or not a JWT.
    return '';
  }
}

/**
 * What was typed and not sent, over reloads. It is its writer's: on a shared computer the next person
 * does not find it, also when the site forgot to log the one before out.
 */
export function createDraft(storage: Pick<StoragePort, 'get' | 'set'>, person: string) {
  const prefix = `${person}\n`;
  return {
    read(): string {
      const kept = storage.get(NAME) ?? '';
      // What somebody unnamed typed stays theirs when they sign in.
      const mine = [prefix, '\n'].find((start) => kept.startsWith(start));
      return mine === undefined ? '' : kept.slice(mine.length);
    },
    write: (text: string) => storage.set(NAME, text === '' ? null : prefix + text),
  };
}
export type Draft = ReturnType<typeof createDraft>;
