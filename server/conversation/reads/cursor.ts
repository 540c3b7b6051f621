/**
 * Where a member's inbox stands: what a PostgreSQL snapshot could not see yet (decision 0040).
 * `from`: transactions from here on were not seen; `open`: earlier ones that were still running.
 */
export interface InboxCursor {
  /** Changes when the database is restored. */
  epoch: string;
  /** What the member may see (role, queues), hashed: of another access the inbox is listed anew. */
  access: string;
  from: bigint;
  open: readonly bigint[];
}

/** Longest cursor the wire takes. */
const LONGEST = 120;

/** Short form of the cluster's epoch (a UUID). */
export function shortEpoch(epoch: string): string {
  return epoch.replaceAll('-', '').slice(-12);
}

/** Of many running transactions only the first is kept: then more is repeated, and nothing lost. */
export function encodeCursor(cursor: InboxCursor): string {
  const text = (from: bigint, open: readonly bigint[]) =>
    [
      cursor.epoch,
      cursor.access,
      from.toString(36),
      ...open.map((one) => (from - one).toString(36)),
    ].join('.');
  const exact = text(cursor.from, cursor.open);
  if (exact.length <= LONGEST) return exact;
  const first = cursor.open.reduce((least, one) => (one < least ? one : least), cursor.from);
  return text(first, []);
}

/** Of an xid8. */
const GREATEST = 2n ** 64n - 1n;
const NUMBER = /^[0-9a-z]{1,13}$/;

function fromBase36(text: string): bigint {
  return Array.from(text).reduce(
    (sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)),
    0n,
  );
}

/** @returns null when it is none of ours */
export function decodeCursor(text: string): InboxCursor | null {
  const [epoch, access, from, ...open] = text.split('.');
  if (!epoch || !access || !from || ![from, ...open].every((part) => NUMBER.test(part)))
    return null;
  const start = fromBase36(from);
  const running = open.map((back) => start - fromBase36(back));
  if (start > GREATEST || running.some((one) => one < 0n)) return null;
  return { epoch, access, from: start, open: running };
}

/** PostgreSQL's text form of pg_snapshot: `xmin:xmax:xid,xid`. */
export function parseSnapshot(text: string): { from: bigint; open: bigint[] } {
  const [, xmax, running] = text.split(':');
  if (!xmax) throw new Error(`not a snapshot: ${text}`);
  return {
    from: BigInt(xmax),
    open: running ? running.split(',').map((xid) => BigInt(xid)) : [],
  };
}

/**
 * The cursor after one page that ends within what there was to see.
 * @param seen all that `snapshot` shows of the changes after `before` up to this transaction was read
 */
export function partWay(
  before: InboxCursor,
  snapshot: { open: readonly bigint[] },
  seen: bigint,
): InboxCursor {
  const from = seen + 1n > before.from ? seen + 1n : before.from;
  const open = new Set([
    ...before.open.filter((one) => one > seen),
    ...snapshot.open.filter((one) => one < from),
  ]);
  return { ...before, from, open: [...open].sort((a, b) => (a < b ? -1 : 1)) };
}
