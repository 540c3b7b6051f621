import { expect, test } from 'vitest';
import * as z from 'zod';
import { MemberCommands } from '#lib/protocol/member.ts';
import { VisitorCommands } from '#lib/protocol/visitor.ts';
import { compiled } from './compiled.ts';

const ID = '01a1fdf3-63c9-7836-921a-aaaaaaaaaaaa';
const INPUTS = [
  {},
  null,
  [],
  'text',
  { conversationId: ID, clientKey: 'k', text: 'hello', extra: 1 },
  { conversationId: ID.toUpperCase(), clientKey: 'k', text: 'x'.repeat(9_000) },
  { conversationId: 'x', clientKey: '', text: ' ' },
  { conversationId: ID, seq: -1, on: 1, score: 9, email: 'x', after: 1.5 },
  { conversationId: ID, clientKey: 'k', text: 'a', open: { page: { url: 1 } } },
  { __proto__: null, url: 'https://shop.example', title: 'Lamps' },
];

test('D9: a compiled schema says the same of every input as the schema itself', () => {
  for (const commands of [VisitorCommands, MemberCommands]) {
    for (const [name, { input }] of Object.entries(commands)) {
      expect(compiled(input)).toBe(compiled(input));
      for (const value of INPUTS) {
        const [plain, fast] = [z.safeParse(input, value), z.safeParse(compiled(input), value)];
        expect(fast.success, name).toBe(plain.success);
        expect(fast.data, name).toEqual(plain.data);
        expect(fast.error?.issues, name).toEqual(plain.error?.issues);
      }
    }
  }
});
