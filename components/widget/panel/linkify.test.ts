import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkify } from './linkify.ts';

const links = (text: string) => linkify(text).flatMap((piece) => piece.href ?? []);

describe('linkify', () => {
  it('links http, https and mailto', () => {
    expect(links('see https://a.example/x?y=1#z and http://b.example')).toEqual([
      'https://a.example/x?y=1#z',
      'http://b.example',
    ]);
    expect(links('mailto:ada@example.com or grace@example.com')).toEqual([
      'mailto:ada@example.com',
      'mailto:grace@example.com',
    ]);
  });

  it('never links a scheme that runs code', () => {
    for (const text of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)//https',
      'data:text/html,<script>1</script>',
      'vbscript:x',
      'file:///etc/passwd',
    ]) {
      expect(links(text)).toEqual([]);
    }
  });

  it('leaves the punctuation of the sentence outside', () => {
    expect(links('(see https://a.example/b).')).toEqual(['https://a.example/b']);
    expect(links('https://a.example/b_(c), then')).toEqual(['https://a.example/b_(c)']);
    expect(links('请看https://a.example/b，谢谢。')).toEqual(['https://a.example/b']);
  });

  it('does not link what only looks like an address', () => {
    expect(links('https:// and http://. and a@b')).toEqual([]);
  });

  it('loses no character of the message', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom('https://a.b', ' ', ').', 'x@y.zz', 'mailto:', '\n'),
          ),
        ),
        (parts) => {
          const text = parts.join('');
          expect(
            linkify(text)
              .map((piece) => piece.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });

  it('ends on hostile input (quadratic work would run into the time limit)', () => {
    for (const text of [
      'a.'.repeat(100_000),
      `https://${'('.repeat(100_000)}`,
      `https://a.b/${')'.repeat(100_000)}`,
      `x@${'a.'.repeat(100_000)}`,
    ]) {
      expect(linkify(text).length).toBeGreaterThan(0);
    }
  });
});
