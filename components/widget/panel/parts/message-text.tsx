/** @jsxImportSource preact */
import { linkify } from '../linkify.ts';

/** Text with its line breaks (CSS pre-wrap) and links; never markup. */
export function MessageText({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((piece, i) =>
        piece.href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a message's pieces never change places
          <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
