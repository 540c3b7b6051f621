import { expect, test } from 'vitest';
import { checkFacts } from './index.ts';
import { RULES } from './rules/index.ts';
import { SPOILT_DATABASE } from './test/spoilt-database.ts';
import { SPOILT_HISTORIES } from './test/spoilt-histories.ts';
import { tellSoundStory } from './test/story.ts';

const SPOILT = { ...SPOILT_HISTORIES, ...SPOILT_DATABASE };

test('a sound run breaks no rule, and every rule found something to look at', () => {
  const { histories, facts } = tellSoundStory();
  const report = checkFacts(histories, facts);
  expect(report.violations).toEqual([]);
  expect(Object.entries(report.checked).filter(([, count]) => count === 0)).toEqual([]);
});

test('every rule has a history that breaks it', () => {
  expect(Object.keys(SPOILT).sort()).toEqual(RULES.map((rule) => rule.name).sort());
});

const cases = Object.entries(SPOILT).flatMap(([rule, ways]) =>
  ways.map(([what, spoil]) => ({ rule, what, spoil })),
);
test.each(cases)('$rule: $what', ({ rule, spoil }) => {
  const told = tellSoundStory();
  spoil(told);
  const { violations } = checkFacts(told.histories, told.facts, { only: [rule] });
  expect(violations.map((one) => one.rule)).toContain(rule);
  expect(violations.map((one) => one.text)).not.toContain('there was nothing to check');
});

test('a rule that finds nothing to look at fails, unless it is said to be idle', () => {
  const { facts } = tellSoundStory();
  const nobody = { seed: 1, clients: [], nemesis: [] };
  const only = ['own order'];
  expect(checkFacts(nobody, facts, { only }).violations).toMatchObject([
    { rule: 'own order', text: 'there was nothing to check' },
  ]);
  expect(checkFacts(nobody, facts, { only, idle: only }).violations).toEqual([]);
  expect(checkFacts(nobody, facts, { only, needed: [] }).violations).toEqual([]);
  expect(checkFacts(nobody, facts, { only, needed: only }).violations).toHaveLength(1);
  expect(() => checkFacts(nobody, facts, { only: ['no such rule'] })).toThrow('no rule');
});
