import { describe, expect, it } from 'vitest';
import { meansSend } from './ime.ts';

const press = (over: Partial<Parameters<typeof meansSend>[0]>) => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...over,
});

describe('meansSend', () => {
  it('sends on Enter', () => {
    expect(meansSend(press({}))).toBe(true);
  });

  it('breaks the line on Shift+Enter and Alt+Enter', () => {
    expect(meansSend(press({ shiftKey: true }))).toBe(false);
    expect(meansSend(press({ altKey: true }))).toBe(false);
  });

  it('never sends while an input method composes (Chrome, Firefox)', () => {
    expect(meansSend(press({ isComposing: true, keyCode: 229 }))).toBe(false);
    expect(meansSend(press({ isComposing: true }))).toBe(false);
  });

  it("never sends on Safari's Enter, which comes after the composition has ended", () => {
    expect(meansSend(press({ isComposing: false, keyCode: 229 }))).toBe(false);
  });

  it('ignores other keys', () => {
    expect(meansSend(press({ key: 'a', keyCode: 65 }))).toBe(false);
  });
});
