/**
 * Where to go after signing in: a path of this desk only, so that a link cannot send people on to
 * another site. Backslashes count as slashes in browsers, hence the check of the parsed URL.
 */
export function nextPath(next: string | null | undefined): string {
  const home = '/inbox';
  if (!next?.startsWith('/')) return home;
  const base = 'https://desk.invalid';
  const url = URL.parse(next, base);
  if (!url || url.origin !== base || url.pathname.startsWith('/sign-in')) return home;
  // `/.//evil.example` is a path here, and another site when its dot is gone.
  if (url.pathname.startsWith('//')) return home;
  return url.pathname + url.search + url.hash;
}
