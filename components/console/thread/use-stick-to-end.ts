'use client';

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Within this many px of the end counts as being there. */
const NEAR_PX = 48;

/**
 * Keeps a scroller at its end while its reader is there; who has scrolled up stays where they are.
 * @param scroller null until it is there: a skeleton comes first
 * @param thread another thread starts at its end again
 * @param version changes whenever content may have grown
 */
export function useStickToEnd(scroller: HTMLElement | null, thread: string, version: unknown) {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);

  const toEnd = useCallback(() => {
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
    stuck.current = true;
    setAtEnd(true);
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another thread is the reason to run
  useLayoutEffect(toEnd, [thread, toEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new content is the reason to run
  useLayoutEffect(() => {
    if (stuck.current) toEnd();
  }, [version, toEnd]);

  useEffect(() => {
    const element = scroller;
    if (!element) return;
    const onScroll = () => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      stuck.current = near;
      setAtEnd(near);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    // The composer growing and the phone's keyboard shrink the scroller.
    const observer = new ResizeObserver(() => {
      if (stuck.current) toEnd();
    });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [scroller, toEnd]);

  return { atEnd, toEnd };
}
