import { afterEach, describe, expect, it } from 'vitest';
import type { ToLoader } from '#lib/protocol/bridge.ts';
import { acceptPort, type Init } from './bridge.ts';
import { panelStorage } from './storage.ts';

const channels: MessageChannel[] = [];
function port() {
  const channel = new MessageChannel();
  channels.push(channel);
  return channel.port2;
}
afterEach(() => {
  for (const channel of channels.splice(0)) channel.port1.close();
});

describe('acceptPort', () => {
  const parent = {};
  const origins = ['https://shop.example'];
  const good = () => ({
    source: parent,
    origin: 'https://shop.example',
    data: { parlour: 'port' },
    ports: [port()],
  });

  it('takes the port of the page around it', () => {
    const offer = good();
    expect(acceptPort(offer, parent, origins)).toBe(offer.ports[0]);
  });

  it('refuses another window, another origin, another message and a missing port', () => {
    expect(acceptPort({ ...good(), source: {} }, parent, origins)).toBeNull();
    for (const origin of ['https://evil.example', 'https://shop.example.evil', 'null', '']) {
      expect(acceptPort({ ...good(), origin }, parent, origins)).toBeNull();
    }
    expect(acceptPort({ ...good(), data: null }, parent, origins)).toBeNull();
    expect(acceptPort({ ...good(), data: { parlour: 'x' } }, parent, origins)).toBeNull();
    expect(acceptPort({ ...good(), ports: [] }, parent, origins)).toBeNull();
  });
});

describe('panelStorage', () => {
  const init = (over: Partial<Init>): Init => ({
    type: 'init',
    key: 'k',
    page: { url: 'https://shop.example', title: '' },
    open: false,
    stored: { session: 's', 'outbox:1': 'a' },
    ...over,
  });
  const none = () => {
    throw new DOMException('denied', 'SecurityError');
  };

  it('reads what the loader kept and hands back what is set, bare', () => {
    const sent: ToLoader[] = [];
    const storage = panelStorage({ init: init({}), send: (m) => sent.push(m) }, none);
    expect(storage.get('parlour:k:session')).toBe('s');
    expect(storage.keys('parlour:k:outbox:')).toEqual(['parlour:k:outbox:1']);
    storage.set('parlour:k:outbox:1', null);
    expect(storage.keys('parlour:k:outbox:')).toEqual([]);
    expect(sent).toEqual([{ type: 'store', key: 'outbox:1', value: null }]);
  });

  it('tells the client of what another tab changed, under its own key', () => {
    const storage = panelStorage({ init: init({}), send() {} }, none);
    const heard: unknown[] = [];
    storage.onChange?.((key, value) => heard.push([key, value]));
    storage.changed('session', null);
    expect(heard).toEqual([['parlour:k:session', null]]);
    expect(storage.get('parlour:k:session')).toBeNull();
  });

  it("uses the iframe's own storage where the page's refuses, and memory where both do", () => {
    const map = new Map([
      ['parlour:k:draft', 'hello'],
      ['other', 'x'],
    ]);
    const own = () => ({
      length: map.size,
      key: (i: number) => [...map.keys()][i] ?? null,
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
      removeItem: (key: string) => void map.delete(key),
    });
    const fallen = panelStorage({ init: init({ kept: false, stored: {} }), send() {} }, own);
    expect(fallen.get('draft')).toBe('hello');
    fallen.set('draft', 'more');
    expect(map.get('parlour:k:draft')).toBe('more');

    const bare = panelStorage({ init: init({ kept: false, stored: {} }), send() {} }, none);
    bare.set('draft', 'kept in memory');
    expect(bare.get('draft')).toBe('kept in memory');
  });
});
