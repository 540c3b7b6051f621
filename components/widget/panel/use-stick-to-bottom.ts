import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** px from the end that still count as being there. */
const NEAR = 48;

/**
 * Keeps a scrolled list at its end while the reader is there, also when it or the keyboard changes
 * size, and leaves it alone once the reader has scrolled up. What grows above keeps its place by the
 * browser's scroll anchoring.
 * @param changes draws again when it changes
 */
export function useStickToBottom(
  list: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  changes: unknown,
) {
  const atEnd = useRef(true);
  /** Heights at the last look: a scroll that comes with other ones was not the reader's. */
  const seen = useRef({ client: 0, scroll: 0 });
  const [away, setAway] = useState(false);

  const jump = useCallback(() => {
    const element = list.current;
    if (!element) return;
    atEnd.current = true;
    setAway(false);
    seen.current = { client: element.clientHeight, scroll: element.scrollHeight };
    element.scrollTop = element.scrollHeight;
  }, [list]);

  const onScroll = useCallback(() => {
    const element = list.current;
    if (!element) return;
    const { client, scroll } = seen.current;
    const resized = client !== element.clientHeight || scroll !== element.scrollHeight;
    if (resized && atEnd.current) return jump();
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    seen.current = { client: element.clientHeight, scroll: element.scrollHeight };
    setAway(!atEnd.current);
  }, [list, jump]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `changes` is the reason to run
  useLayoutEffect(() => {
    if (atEnd.current) jump();
  }, [changes, jump]);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current) jump();
    });
    if (list.current) observer.observe(list.current);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, [list, content, jump]);

  return { away, jump, onScroll };
}
