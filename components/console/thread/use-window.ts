'use client';

import { useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Blocks drawn at first, and further ones per click. */
const STEP = 300;

/**
 * Which part of a long conversation is drawn: its end, and what was asked for before it. While its
 * reader has scrolled up nothing is taken away at the top.
 * @param count how many blocks there are
 */
export function useWindow(scroller: HTMLElement | null, count: number, atEnd: boolean) {
  const [limit, setLimit] = useState(STEP);
  const start = useRef(0);
  const before = useRef<number | null>(null);
  if (atEnd || start.current > count) start.current = Math.max(0, count - limit);

  const showEarlier = useCallback(() => {
    before.current = scroller?.scrollHeight ?? null;
    start.current = Math.max(0, start.current - STEP);
    setLimit((drawn) => drawn + STEP);
  }, [scroller]);

  // What was in sight stays there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: more was drawn above
  useLayoutEffect(() => {
    const element = scroller;
    if (!element || before.current === null) return;
    element.scrollTop += element.scrollHeight - before.current;
    before.current = null;
  }, [limit, scroller]);

  return { from: start.current, showEarlier };
}
