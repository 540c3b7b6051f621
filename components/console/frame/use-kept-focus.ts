'use client';

import { useEffect } from 'react';

const MODAL = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

function nowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/**
 * When what had the focus is gone (an accepted offer, an ended conversation, an editor left with
 * Escape), the page's content gets it: from nowhere, Tab and a screen reader would start over at
 * the top. A click beside everything is left alone.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: Element | null = null;
    let byPointer = false;
    let frame = 0;

    const keep = () => {
      frame = 0;
      if (!last || !nowhere() || document.querySelector(MODAL)) return;
      if (byPointer && last.isConnected && last.checkVisibility()) return;
      last = null;
      document.getElementById('main')?.focus({ preventScroll: true });
    };
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(keep);
    };
    const onFocusIn = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target !== document.body) last = event.target;
    };
    const onPointerDown = () => {
      byPointer = true;
    };
    const onKeyDown = () => {
      byPointer = false;
    };
    // An element that is removed with the focus on it need not say so.
    const removed = new MutationObserver(() => {
      if (last && !last.isConnected) later();
    });

    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('focusout', later);
    document.addEventListener('pointerdown', onPointerDown, true);
    document.addEventListener('keydown', onKeyDown, true);
    removed.observe(document.body, { childList: true, subtree: true });
    return () => {
      cancelAnimationFrame(frame);
      removed.disconnect();
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('focusout', later);
      document.removeEventListener('pointerdown', onPointerDown, true);
      document.removeEventListener('keydown', onKeyDown, true);
    };
  }, []);
}
