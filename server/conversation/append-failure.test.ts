import { expect, test } from 'vitest';
import { failureOf, isCallersFault } from './append-failure.ts';

const error = (code: string | undefined, message = 'x') =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  ['22P05', 'data'],
  ['22021', 'data'],
  ['23505', 'data'],
  ['23514', 'data'],
  ['40P01', 'again'],
  ['40001', 'again'],
  ['55P03', 'contention'],
  ['57P01', 'connection'],
  ['57014', 'connection'],
  ['08006', 'connection'],
  ['53300', 'connection'],
  ['25P03', 'connection'],
  ['ECONNREFUSED', 'connection'],
  ['EPIPE', 'connection'],
  ['42601', 'bug'],
] as const)('%s means %s', (code, kind) => {
  expect(failureOf(error(code), false)).toBe(kind);
});

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
])("the driver's own '%s' is a lost connection", (message) => {
  expect(failureOf(error(undefined, message), false)).toBe('connection');
});

test('on a lost connection every error means that; a plain error is a bug of ours', () => {
  expect(failureOf(error('22P05'), true)).toBe('connection');
  expect(failureOf(new TypeError('x is undefined'), false)).toBe('bug');
  expect(failureOf('a string', false)).toBe('bug');
});

test('bad data is the callers fault, a broken constraint is ours', () => {
  expect(isCallersFault(error('22P05'))).toBe(true);
  expect(isCallersFault(error('23514'))).toBe(false);
});
