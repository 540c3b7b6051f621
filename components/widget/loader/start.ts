import type { ToLoader } from '#lib/protocol/bridge.ts';
import { type Appearance, ask, pause, readAppearance } from './appearance.ts';
import { createFrame, type Frame } from './frame.ts';
import { hostStorage } from './host-storage.ts';
import { pageNow, watchPages } from './page-watch.ts';
import type { Site } from './script-tag.ts';
import { pollUnread, tokenOf } from './unread-poll.ts';
import { createView } from './view.ts';
import { fitAboveKeyboard } from './viewport.ts';

type Listener = (detail?: unknown) => void;

/** What the page may call: `Parlour('show')`. Each returns at once and never throws. */
export interface Commands {
  show(): void;
  hide(): void;
  toggle(): void;
  /** The site's signed identity of the person (JWT). */
  setUser(token: string): void;
  setLocale(tag: string): void;
  /** @returns stops listening */
  on(name: string, listener: Listener): () => void;
  logout(): void;
  destroy(): void;
}

const NOTE_MS = 6000;

/**
 * Starts the widget of one channel on this page. Until the desk has answered there is nothing of it
 * in the page; until the first opening (or first unread message) there is no iframe.
 */
export function start(site: Site, onDestroyed: () => void): Commands {
  const { desk, key } = site;
  const base = `${desk}/widget/${encodeURIComponent(key)}`;
  const storage = hostStorage(key, () => localStorage);
  const listeners = new Map<string, Set<Listener>>();
  const cleanup: (() => void)[] = [];
  let locale = site.locale ?? (document.documentElement.lang || navigator.language);
  let identity: string | undefined;
  let appearance: Appearance | null = null;
  let frame: Frame | null = null;
  let ready = false;
  let wanted = false;
  let open = false;
  let unread = 0;
  let note = '';
  let noteTimer = 0;
  let unfit = () => {};
  let stopPoll = () => {};
  let gone = false;

  const view = createView(() => (open ? hide() : show()));

  function emit(name: string, detail?: unknown) {
    for (const listener of listeners.get(name) ?? []) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  function draw() {
    if (!appearance || gone) return;
    const { accent, on, position, say } = appearance;
    const label = open ? say.close : unread ? say.unread.replace('{count}', `${unread}`) : say.open;
    view.draw({ accent, on, position, open, busy: wanted && !open, unread, label, note });
    if (!view.host.isConnected) document.documentElement.append(view.host);
  }

  function tell(text: string) {
    note = text;
    clearTimeout(noteTimer);
    if (text) noteTimer = window.setTimeout(tell, NOTE_MS, '');
    draw();
  }

  function setUnread(count: number) {
    if (count === unread) return;
    unread = count;
    draw();
    emit('unread', count);
  }

  function load() {
    stopPoll();
    frame ??= createFrame({
      src: base,
      desk,
      title: appearance?.label ?? '',
      box: view.box,
      init: () => ({
        type: 'init',
        key,
        locale,
        ...(identity === undefined ? {} : { identity }),
        page: pageNow(),
        open,
        stored: storage.all(),
        kept: storage.kept(),
        accent: appearance?.accent,
        title: appearance?.label,
      }),
      onMessage,
      onFail() {
        hide();
        unload();
        tell(appearance?.say.unreachable ?? '');
        emit('error', { code: 'unavailable' });
        poll();
      },
    });
  }

  function unload() {
    frame?.remove();
    frame = null;
    ready = false;
  }

  function poll() {
    stopPoll();
    stopPoll = pollUnread({
      desk,
      storage,
      identity: () => identity,
      onUnread(count) {
        setUnread(count);
        // From here on the panel itself keeps the count, live.
        load();
      },
    });
  }

  function show() {
    if (open || gone) return;
    wanted = true;
    if (appearance) load();
    if (ready) reveal();
    draw();
  }

  function reveal() {
    open = true;
    note = '';
    draw();
    unfit();
    unfit = fitAboveKeyboard(view.box);
    frame?.send({ type: 'visibility', open });
    frame?.focus();
    emit('open');
  }

  function hide() {
    const focused = view.panelHasFocus();
    wanted = false;
    if (open) {
      open = false;
      unfit();
      frame?.send({ type: 'visibility', open });
      emit('close');
    }
    draw();
    if (focused) view.button.focus();
  }

  function onMessage(message: ToLoader) {
    switch (message.type) {
      case 'ready':
        ready = true;
        if (wanted && !open) reveal();
        break;
      case 'close':
        hide();
        break;
      case 'unread':
        setUnread(Math.max(0, Math.trunc(message.count) || 0));
        break;
      case 'appearance':
        appearance = readAppearance({ ...appearance, ...message }) ?? appearance;
        draw();
        break;
      case 'store':
        storage.set(`${message.key}`, message.value === null ? null : `${message.value}`);
        break;
      case 'event':
        emit(`${message.name}`, message.detail);
        break;
      case 'reload':
        ready = false;
        frame?.reload();
        break;
    }
  }

  const askAppearance = async () =>
    readAppearance(await ask(`${base}/appearance?locale=${encodeURIComponent(locale)}`));

  async function arrive(attempt = 1): Promise<void> {
    try {
      const answer = await askAppearance();
      if (gone) return;
      appearance = answer;
      if (!appearance) {
        // The desk does not know this key or this site: no button, and one word to the developer.
        console.warn(`Parlour: ${desk} refused the key ${key} on ${location.origin}.`);
        return emit('error', { code: 'origin_refused' });
      }
      draw();
      emit('ready');
      if (wanted) show();
      else poll();
    } catch {
      // Not there, or hanging: the page shows nothing of us until the desk answers.
      if (!gone) setTimeout(() => !gone && arrive(attempt + 1), pause(attempt, Math.random()));
    }
  }

  const onStorage = (event: StorageEvent) => {
    if (event.key === null) return;
    const change = storage.changed(event);
    if (change) frame?.send({ type: 'stored', key: change[0], value: change[1] });
  };
  addEventListener('storage', onStorage);
  cleanup.push(() => removeEventListener('storage', onStorage));
  cleanup.push(watchPages((page) => frame?.send({ type: 'page', ...page })));
  // Frameworks that exchange the whole document take the button with it: put it back.
  const watcher = new MutationObserver(() => !view.host.isConnected && draw());
  watcher.observe(document, { childList: true });
  watcher.observe(document.documentElement, { childList: true });
  cleanup.push(() => watcher.disconnect());

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', () => arrive(), { once: true });
  } else {
    arrive();
  }

  return {
    show,
    hide,
    toggle: () => (open || wanted ? hide() : show()),
    setUser(token) {
      if (typeof token !== 'string') return console.warn('Parlour: setUser takes a signed token.');
      identity = token;
      frame?.send({ type: 'identity', token });
    },
    setLocale(tag) {
      locale = tag;
      frame?.send({ type: 'locale', locale });
      if (!appearance) return;
      askAppearance().then(
        (answer) => {
          appearance = answer ?? appearance;
          draw();
        },
        // The button keeps its old language until the next page.
        () => {},
      );
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      if (name === 'ready' && appearance) listener();
      return () => set.delete(listener);
    },
    logout() {
      identity = undefined;
      hide();
      setUnread(0);
      if (frame) return frame.send({ type: 'logout' });
      const token = tokenOf(storage);
      storage.clear();
      if (!token) return;
      // Forgotten here whether or not the desk hears it.
      const headers = { authorization: `Bearer ${token}` };
      ask(`${desk}/api/v1/visitor/logout`, { method: 'POST', headers }).catch(() => {});
    },
    destroy() {
      gone = true;
      stopPoll();
      unfit();
      clearTimeout(noteTimer);
      for (const undo of cleanup) undo();
      unload();
      view.host.remove();
      onDestroyed();
    },
  };
}
