/** Longer names are not compared: nobody mistypes them by two letters only. */
const MOST_LETTERS = 40;
const MOST_NAMES = 500;

/** Letters to insert, remove, change or swap with a neighbour; Infinity above `most`. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? Number.POSITIVE_INFINITY;
}

/** The known name that was probably meant, or an empty string. */
export function suggest(written: string, known: Iterable<string>): string {
  if (written.length > MOST_LETTERS) return '';
  const most = Math.max(1, Math.floor(written.length / 3));
  let best = '';
  let least = most + 1;
  let seen = 0;
  for (const name of known) {
    if (++seen > MOST_NAMES) break;
    const cost = name.toLowerCase() === written.toLowerCase() ? 0 : distance(written, name, most);
    if (cost < least) [best, least] = [name, cost];
  }
  return best;
}

/** The first names, for a hint that lists them. */
export function listed(known: Iterable<string>): string {
  const names = [...known];
  return names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
}
