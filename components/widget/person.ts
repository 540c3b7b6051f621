/**
 * Whom a site's identity token names: its `sub`, unverified (the desk verifies). Used only to notice
 * that the page now speaks for somebody else than the one whose chat is kept here.
 */
export function personOf(token: string): string | null {
  try {
    // atob gives bytes as Latin-1: names look garbled, but equal ones stay equal.
    const body = atob(token.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? '');
    const { sub } = JSON.parse(body);
    return typeof sub === 'string' ? sub : null;
  } catch {
    // Not a JWT; the desk will refuse it.
    return null;
  }
}

/**
 * What the panel keeps under `live` while a conversation is open: whose it is. The loader then asks
 * for unread messages, but never for those of a person the page does not speak for.
 */
export const liveMark = (identity: string | undefined): string =>
  `@${(identity && personOf(identity)) ?? ''}`;

/** Whether the page, with this identity, may be told of unread messages of who left `mark`. */
export const mayAsk = (mark: string | null, identity: string | undefined): boolean =>
  mark === '@' || (mark !== null && mark === liveMark(identity));
