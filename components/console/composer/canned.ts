export interface CannedReply {
  id: string;
  shortcut: string;
  body: string;
}

export interface SlashQuery {
  /** Where the slash stands. */
  from: number;
  /** The caret. */
  to: number;
  /** What follows the slash. */
  query: string;
}

/**
 * The canned-reply search under the caret: a slash at the start or after white space, then no white
 * space up to the caret. So "and/or" and a pasted address open nothing.
 */
export function slashQuery(text: string, caret: number): SlashQuery | null {
  const match = /(?:^|\s)\/([^\s/]{0,40})$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const query = match[1] ?? '';
  return { from: caret - query.length - 1, to: caret, query };
}

/** How well a reply fits, lower is better; null: not at all. */
function rank(reply: CannedReply, query: string): number | null {
  const shortcut = reply.shortcut.toLocaleLowerCase();
  if (shortcut === query) return 0;
  if (shortcut.startsWith(query)) return 1;
  if (shortcut.includes(query)) return 2;
  return reply.body.toLocaleLowerCase().includes(query) ? 3 : null;
}

/** Replies that fit, best first, their own order kept among equals. */
export function filterCanned(
  replies: readonly CannedReply[],
  query: string,
  most = 50,
): CannedReply[] {
  const wanted = query.toLocaleLowerCase();
  return replies
    .map((reply) => ({ reply, rank: wanted === '' ? 0 : rank(reply, wanted) }))
    .filter((fit): fit is { reply: CannedReply; rank: number } => fit.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ reply }) => reply);
}

/** Puts a reply in place of the search; the caret goes behind it. */
export function insertCanned(text: string, at: SlashQuery, body: string) {
  return {
    text: text.slice(0, at.from) + body + text.slice(at.to),
    caret: at.from + body.length,
  };
}
