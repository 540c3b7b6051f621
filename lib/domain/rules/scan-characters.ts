import type { Finding } from './issue.ts';
import { ScanProblem } from './scan-problem.ts';

/**
 * Control characters, marks that turn the direction of text or have no width, lone surrogates and
 * tags: with them a condition reads otherwise than it runs. Tab and line ends are fine.
 */
const HIDDEN =
  /[^\P{Cc}\t\r\n]|[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Cs}/u;

export function hiddenCharacter(source: string): Finding | null {
  const found = HIDDEN.exec(source);
  if (!found) return null;
  const span = { start: found.index, end: found.index + found[0].length };
  return { code: 'hidden_character', span, params: { character: codePoint(found[0]) } };
}

/** The same characters as escapes, which can be seen. */
export const escapeHidden = (text: string): string =>
  text.replace(new RegExp(HIDDEN, 'gu'), (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** What people type, or their input method for them, and what they meant. */
const MEANT: Record<string, string> = {
  '=': '== to compare.',
  '&': '&& for “and”.',
  '|': '|| for “or”.',
  '“': 'straight quotes: "…".',
  '”': 'straight quotes: "…".',
  '‘': "straight quotes: '…'.",
  '’': "straight quotes: '…'.",
  '「': 'straight quotes: "…".',
  '」': 'straight quotes: "…".',
  '≤': '<=.',
  '≥': '>=.',
  '≠': '!=.',
  '×': '*.',
  '÷': '/.',
  '`': 'quotes: "…".',
  '、': 'a comma.',
};

/** ！ to ～ are the full-width forms of ! to ~, which Chinese input methods give. */
function narrow(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x3000 || code === 0xa0) return 'a plain space.';
  return code >= 0xff01 && code <= 0xff5e
    ? `the half-width ${String.fromCharCode(code - 0xfee0)}`
    : '';
}

export function unexpectedCharacter(source: string, at: number): ScanProblem {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const instead = MEANT[character] ?? narrow(character);
  const span = { start: at, end: at + character.length };
  return new ScanProblem('character_not_allowed', span, { character, instead });
}
