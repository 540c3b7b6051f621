import { Fragment } from 'react';

/** http(s) addresses; closing punctuation, Latin and Chinese, is the sentence's, not the link's. */
const LINK =
  /https?:\/\/[^\s<>"'，。；！？、（）「」《》]+[^\s<>"'，。；！？、（）「」《》.,;:!?)\]]/gi;

/** Text as it was written: line breaks kept, addresses as links, everything else plain. */
export function LinkedText({ text }: { text: string }) {
  const parts: { at: number; text: string; href: string | null }[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    if (match.index > end) parts.push({ at: end, text: text.slice(end, match.index), href: null });
    parts.push({ at: match.index, text: match[0], href: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ at: end, text: text.slice(end), href: null });
  return parts.map((part) =>
    part.href ? (
      <a
        key={part.at}
        href={part.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="break-all underline decoration-current/40 underline-offset-2 hover:decoration-current"
      >
        {part.text}
      </a>
    ) : (
      <Fragment key={part.at}>{part.text}</Fragment>
    ),
  );
}
