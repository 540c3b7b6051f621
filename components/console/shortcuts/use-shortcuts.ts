'use client';

import { useEffect, useRef } from 'react';
import { type GoTo, pressed, type ShortcutAction } from './keys.ts';

/** ms within which the second key of `g …` counts. */
const SEQUENCE_MS = 1200;

type Handlers = Partial<Record<ShortcutAction, () => void>>;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.matches('input, textarea, select, [role="combobox"]');
}

/** Enter and Escape belong to what has the focus: a button, a link, an open menu or dialog. */
function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || typing(event.target)) return true;
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}

let goAt = 0;

/** Whether `g` came just before; kept in one place, since several components listen. */
function afterGo(): boolean {
  return performance.now() - goAt < SEQUENCE_MS;
}

/** Keys while no text is being typed and nothing modal is open. Handlers may change freely. */
export function useShortcuts(handlers: Handlers, go?: (view: GoTo) => void): void {
  const current = useRef({ handlers, go });
  useEffect(() => {
    current.current = { handlers, go };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (belongsElsewhere(event)) return;
      const meaning = pressed(event, afterGo());
      if (meaning?.kind === 'pending') {
        goAt = event.timeStamp || performance.now();
        return;
      }
      if (meaning?.kind === 'go') {
        if (!current.current.go) return;
        event.preventDefault();
        goAt = 0;
        current.current.go(meaning.view);
        return;
      }
      if (meaning?.kind !== 'action') return;
      const handler = current.current.handlers[meaning.action];
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
