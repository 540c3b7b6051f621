import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { MessageText } from '#lib/protocol/primitives.ts';
import { invalidInput, toParlourError } from './failure.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('failures become typed ones, once', () => {
  test.each([
    ['ECONNREFUSED', 'unavailable'],
    ['57P01', 'unavailable'],
    ['57P03', 'unavailable'],
    ['08006', 'unavailable'],
    ['53300', 'unavailable'],
    ['P1001', 'unavailable'],
    ['57014', 'timeout'],
    ['55P03', 'timeout'],
    ['40P01', 'timeout'],
    ['23505', 'internal'],
    ['22P02', 'internal'],
  ])('%s → %s', (code, expected) => {
    expect(toParlourError(withCode(code)).code).toBe(expected);
    expect(toParlourError(new Error('outer', { cause: withCode(code) })).code).toBe(expected);
  });

  test('what pg says without a code', () => {
    for (const text of [
      'Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'Query read timeout',
    ]) {
      expect(toParlourError(new Error(text)).code).toBe('unavailable');
    }
  });

  test('localhost refused on both of its addresses', () => {
    const both = new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]);
    expect(toParlourError(both).code).toBe('unavailable');
  });

  test('typed ones stay as they are; anything else is internal and says nothing', () => {
    const typed = new ParlourError('offer_gone');
    expect(toParlourError(typed)).toBe(typed);
    const wire = toParlourError(new Error('SELECT secret FROM somewhere')).toWire();
    expect(wire.code).toBe('internal');
    expect(JSON.stringify(wire)).not.toContain('secret');
    expect(toParlourError('thrown text').code).toBe('internal');
  });

  test('a cause that is its own cause ends', () => {
    const circular = new Error('loop');
    circular.cause = circular;
    expect(toParlourError(circular).code).toBe('internal');
  });

  test('issues carry places; a schema may name the code', () => {
    const shape = z.object({ text: MessageText, n: z.number() });
    const failed = (input: unknown) => invalidInput(shape.safeParse(input).error as z.ZodError);
    expect(failed({ text: 'x', n: 'y' })).toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'n' }],
    });
    expect(failed({ text: 'x'.repeat(9_000), n: 1 }).code).toBe('text_too_long');
    expect(failed({ text: '', n: 1 }).code).toBe('text_empty');
  });
});
