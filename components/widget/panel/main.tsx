/** @jsxImportSource preact */
import './panel.css';
import { render } from 'preact';
import * as z from 'zod/mini';
import type { ToPanel } from '#lib/protocol/bridge.ts';
import type { Locale } from '#lib/protocol/primitives.ts';
import type { ExternalStore } from '#lib/sdk/api.ts';
import { createVisitorClient } from '#lib/sdk/visitor/index.ts';
import { matchLocale } from '../translate.ts';
import { applyAccent, launcherColours } from './accent.ts';
import { App } from './app.tsx';
import { type Bridge, connectLoader, standAlone } from './bridge.ts';
import { createDraft, personOf } from './draft.ts';
import { Skeleton } from './parts/skeleton.tsx';
import { panelStorage } from './storage.ts';
import { wordsLoader } from './words.ts';

/** A value others can subscribe to. */
function createCell<T>(value: T): ExternalStore<T> & { set(next: T): void } {
  const listeners = new Set<() => void>();
  return {
    getState: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function run(bridge: Bridge, root: HTMLElement, files: Record<string, string>) {
  const { init } = bridge;
  const storage = panelStorage(bridge, () => localStorage);
  // A hidden browser tab reads nothing, though the panel may be open in it.
  let open = init.open;
  const visible = createCell(open && !document.hidden);
  const look = () => visible.set(open && !document.hidden);
  document.addEventListener('visibilitychange', look);
  const loadWords = wordsLoader(files);
  const client = createVisitorClient({
    url: location.origin,
    key: init.key,
    storage,
    locale: matchLocale(init.locale),
    page: init.page,
    ...(init.identity === undefined ? {} : { identity: init.identity }),
  });

  if (init.accent) applyAccent(init.accent);

  let told = { unread: -1, channel: client.getState().channel, refused: '' };
  function tellLoader() {
    const { unread, channel, locale, conversations, connection } = client.getState();
    document.documentElement.lang = locale;
    if (unread !== told.unread) bridge.send({ type: 'unread', count: unread });
    if (channel && channel !== told.channel) {
      applyAccent(channel.accent);
      document.title = channel.title;
      const { position, title } = channel;
      bridge.send({
        type: 'appearance',
        ...launcherColours(channel.accent),
        position,
        label: title,
      });
    }
    const mark = conversations.some((each) => each.open) ? '1' : null;
    // Before the first session nothing is known of what is open.
    if (channel && mark !== storage.get('live')) storage.set('live', mark);
    const refused = connection.kind === 'refused' ? connection.error.code : '';
    if (refused && refused !== told.refused) {
      bridge.send({ type: 'event', name: 'error', detail: { code: refused } });
    }
    told = { unread, channel, refused };
  }
  client.subscribe(tellLoader);
  client.onMessage(({ conversationId, event }) => {
    const { text, author } = event;
    const name = author.kind === 'agent' ? author.name : null;
    bridge.send({ type: 'event', name: 'message', detail: { conversationId, text, name } });
  });

  if (!bridge.embedded) {
    const prefix = `parlour:${init.key}:`;
    addEventListener('storage', ({ key, newValue }) => {
      if (key?.startsWith(prefix)) storage.changed(key.slice(prefix.length), newValue);
    });
  }

  client.start();
  const words = createCell(await loadWords(client.getState().locale));
  async function speak(locale: Locale) {
    // A language that cannot be fetched now: the one we have stays.
    const next = await loadWords(locale).catch(() => null);
    if (!next) return;
    words.set(next);
    client.setLocale(locale);
  }

  let people = 0;
  let person = personOf(init.identity);
  function draw() {
    people += 1;
    render(
      <App
        key={people}
        client={client}
        bridge={bridge}
        storage={storage}
        draft={createDraft(storage, person)}
        words={words}
        opened={visible}
      />,
      root,
    );
  }
  bridge.onMessage((message: ToPanel) => {
    switch (message.type) {
      case 'visibility':
        open = message.open;
        return look();
      case 'page':
        return client.pageView({ url: message.url, title: message.title });
      case 'locale':
        return void speak(matchLocale(message.locale));
      case 'identity':
        client.setIdentity(message.token);
        if (personOf(message.token) === person) return;
        person = personOf(message.token);
        return draw();
      case 'logout':
        createDraft(storage, person).write('');
        person = '';
        client.logout();
        // Drawn afresh: nothing that was typed for the one before stays in a field.
        return draw();
      case 'stored':
        return storage.changed(message.key, message.value);
      case 'init':
        return;
    }
  });
  draw();
  bridge.send({ type: 'ready' });
}

async function boot(root: HTMLElement) {
  const { key = '', origins = '', words = '{}' } = root.dataset;
  render(<Skeleton />, root);
  const bridge =
    window.parent === window
      ? standAlone(key)
      : await connectLoader([...origins.split(' '), location.origin]);
  // The page's own key counts: what it may do was decided for that one.
  const own = { ...bridge, init: { ...bridge.init, key } };
  await run(own, root, JSON.parse(words) as Record<string, string>);
}

// Compiled parsers need eval, which the panel's policy forbids; asking would already be reported.
z.config({ jitless: true });

const root = document.getElementById('parlour');
if (root) void boot(root);
