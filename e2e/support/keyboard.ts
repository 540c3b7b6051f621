import { expect, type Frame, type Locator, type Page } from '@playwright/test';

/** Presses Tab until `target` has the focus, as somebody without a mouse does. */
export async function tabTo(
  page: Page,
  target: Locator,
  key: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if ((await target.count()) > 0 && (await target.first().evaluate(hasFocus))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reached ${target}`);
}

function hasFocus(element: Element): boolean {
  const root = element.getRootNode();
  const active = root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
  return active === element && element.ownerDocument.hasFocus();
}

/** Something visible has the focus: who lost it starts over at the top of the page. */
export async function expectFocusKept(of: Page | Frame): Promise<void> {
  await expect
    .poll(() =>
      of.evaluate(() => {
        const active = document.activeElement;
        if (active === null || active === document.body) return 'lost';
        return active.checkVisibility() ? 'kept' : 'hidden';
      }),
    )
    .toBe('kept');
}

/**
 * Writes with an input method: a composition, an Enter that picks its candidate, the text. What must
 * not happen meanwhile is that the Enter sends.
 * @param of the page or, where it is of another site, the frame that holds the editor
 */
export async function composeAndConfirm(
  page: Page,
  of: Page | Frame,
  typed: string,
  picked: string,
): Promise<void> {
  const cdp = await page.context().newCDPSession(of);
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
  await cdp.send('Input.imeSetComposition', {
    text: typed,
    selectionStart: typed.length,
    selectionEnd: typed.length,
  });
  await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
  await cdp.send('Input.insertText', { text: picked });
  await cdp.detach();
}
