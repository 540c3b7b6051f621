import type { Chance } from '../chance.ts';

const WORDS = [
  'where',
  'is',
  'my',
  'order',
  'please',
  'thanks',
  'size',
  'return',
  '您好',
  '请问',
  '发货',
  '退款',
  'päckchen',
  '🙂',
];

let written = 0;

/**
 * A message as people write: mostly short, now and then a page. Each ends in a number of its own, so
 * that a text shown to the wrong people is known for what it is.
 */
export function textOf(chance: Chance): string {
  written += 1;
  const words = chance.odds(0.03) ? chance.between(200, 600) : chance.between(1, 12);
  return `${Array.from({ length: words }, () => chance.pick(WORDS)).join(' ')} #${written}`;
}
