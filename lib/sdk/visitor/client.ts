import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { VisitorSession } from '#lib/protocol/visitor.ts';
import type {
  ActionResult,
  ClientPorts,
  VisitorClient,
  VisitorClientOptions,
  VisitorState,
} from '../api.ts';
import { browserPorts } from '../core/browser-ports.ts';
import { createLink } from '../core/connection.ts';
import { createHeads } from '../core/heads.ts';
import { createIds } from '../core/ids.ts';
import { fields } from '../core/parse.ts';
import { createReadMarks } from '../core/read-marks.ts';
import { guardStorage } from '../core/storage.ts';
import { createStore, keepIfSame } from '../core/store.ts';
import { refusedText } from '../core/text.ts';
import { socketTransport } from '../core/transport.ts';
import { createTypingSignal } from '../core/typing.ts';
import { failed } from '../core/wire.ts';
import { createConversations } from './conversations.ts';
import { httpsTransport } from './https.ts';
import { createIncoming } from './incoming.ts';
import { parseOutlines } from './parse.ts';
import { createSending } from './sending.ts';
import { createSession, PERSON } from './session.ts';
import { createView, emptyThread } from './view.ts';

/** Conversations a session names at most; as many as that means there may be more. */
const SESSION_LIST = 20;

/** The visitor's headless client; see VisitorClient. Nothing goes over the network before `start`. */
export function createVisitorClient(options: VisitorClientOptions): VisitorClient {
  const ports: ClientPorts = { ...browserPorts(), ...options.ports };
  const storage = guardStorage(options.storage);
  const prefix = `parlour:${options.key}:`;
  let { identity, page } = options;
  let destroyed = false;
  /** Looked at since the server was last told. */
  let unsaidPage = false;

  const store = createStore<VisitorState>({
    connection: { kind: 'idle' },
    outdated: false,
    locale: options.locale,
    identified: false,
    channel: null,
    conversations: [],
    moreConversations: false,
    thread: emptyThread(),
    unread: 0,
  });
  const messageListeners = new Set<Parameters<VisitorClient['onMessage']>[0]>();

  const call = (name: string, input: unknown) => link.call(name, input);
  const marks = createReadMarks((conversationId, seq) =>
    call('conversation.read', { conversationId, seq }),
  );
  const conversations = createConversations({
    ports,
    call,
    online: () => link.isOnline(),
    readSeq: marks.get,
    onChange: refresh,
    onEvents(conversation, events, live) {
      const keys = events.flatMap((event) =>
        event.kind === 'message' && event.clientKey ? [event.clientKey] : [],
      );
      outbox.seen(conversation.id, conversation.log.head(), keys);
      // Who is to answer, whether it is over: the server's outline says it all.
      if (events.some((event) => event.kind === 'stage' || event.kind === 'line')) heads.soon();
      refresh();
      if (!live) return;
      for (const event of events) {
        if (event.kind !== 'message' || event.author.kind !== 'agent') continue;
        for (const listener of [...messageListeners]) {
          listener({ conversationId: conversation.id, event });
        }
      }
    },
  });
  const keys = createIds(ports.now);
  const conversationIds = createIds(() => session.serverNow());
  const outbox = createSending({
    ports,
    storage,
    prefix: `${prefix}outbox:`,
    conversations,
    call,
    newConversationId: conversationIds.make,
    page: () => page,
    onMoved: (from, to) => view.moved(from, to),
    onChange: refresh,
  });
  for (const item of outbox.items()) keys.observe(item.clientKey);
  const view = createView(conversations, () => outbox);
  const typing = createTypingSignal(ports, (on) => {
    const conversationId = view.current();
    if (conversationId !== null) void call('typing', { conversationId, on });
  });
  const incoming = createIncoming({
    store,
    conversations,
    view,
    call,
    online: () => link.isOnline(),
    refresh,
    onRevoked() {
      session.refused({ code: 'token_invalid', message: 'revoked' });
      link.restart();
    },
  });
  const heads = createHeads(ports, incoming.compareHeads);

  const session = createSession({
    ports,
    url: options.url,
    channelKey: options.key,
    v: options.v ?? PROTOCOL_VERSION,
    storage,
    storageKey: `${prefix}session`,
    hello: () => ({ identity, locale: store.getState().locale, page }),
    onSession,
    onElsewhere(what) {
      if (what !== 'named') forgetConversations();
      if (what === 'signed_out') {
        identity = undefined;
        outbox.clear();
      }
      link.restart();
    },
  });
  const link = createLink({
    ports,
    websocket: socketTransport(ports, `${options.url}/visitor`),
    https: httpsTransport(ports, options.url, () => conversations.heads()),
    probe: { name: 'conversation.list', input: {} },
    prepare: session.prepare,
    onRefused: session.refused,
    onState(connection) {
      const online = connection.kind === 'online';
      store.patch({ connection });
      if (!online) {
        outbox.setOnline(false);
        heads.stop();
      }
    },
    onOnline() {
      incoming.joined();
      marks.flushAll();
      sayPage();
      heads.joined();
      outbox.setOnline(true);
    },
    onPush: incoming.onPush,
  });

  function sayPage() {
    if (!unsaidPage || !page || !link.isOnline()) return;
    unsaidPage = false;
    void call('page.view', page);
  }

  function onSession(news: VisitorSession, stranger: boolean) {
    if (stranger) forgetConversations();
    const owner = session.owner();
    if (owner !== null) {
      outbox.claim(owner, (other) => {
        // Nobody inherits what a person the site had named left unsent; that person may come back.
        if (!other?.startsWith(PERSON)) return 'take';
        return owner.startsWith(PERSON) ? 'drop' : 'rest';
      });
    }
    conversations.apply(news.conversations);
    store.patch({
      identified: news.identified,
      channel: keepIfSame(store.getState().channel ?? news.channel, news.channel),
      moreConversations: news.conversations.length >= SESSION_LIST,
    });
    refresh();
  }

  function refresh() {
    if (destroyed) return;
    const thread = view.thread();
    const outlines = conversations.outlines();
    let unread = 0;
    for (const outline of outlines) unread += outline.unread;
    store.patch({ thread, conversations: outlines, unread });
  }

  function forgetConversations() {
    conversations.clear();
    marks.clear();
    typing.stop();
    view.choose(null);
    refresh();
  }

  /** The thread's conversation, or a new one that continues it when it is over. */
  function target(): { conversationId: string; previousId: string | null } {
    const { conversationId, open } = store.getState().thread;
    if (conversationId !== null && open) return { conversationId, previousId: null };
    return { conversationId: conversationIds.make(), previousId: conversationId };
  }

  function enqueue(
    name: string,
    input: Record<string, unknown>,
    to: { conversationId: string; previousId: string | null },
    persist = true,
  ) {
    const clientKey = keys.make();
    const owner = session.writer();
    const answered = outbox.add(
      { clientKey, name, input, at: ports.now(), owner, ...to },
      { persist },
    );
    return { clientKey, answered };
  }

  /** Until the session says who this is, what another person left is not shown. */
  function restOthers() {
    const owner = session.writer() ?? '';
    outbox.claim(owner, (other) => (other?.startsWith(PERSON) ? 'rest' : 'keep'));
  }

  async function act(name: string, input: Record<string, unknown>, persist: boolean) {
    const conversationId = view.current();
    if (conversationId === null) {
      return failed({ code: 'not_found', message: 'There is no conversation yet.' });
    }
    return enqueue(name, input, { conversationId, previousId: null }, persist).answered;
  }

  restOthers();
  refresh();

  return {
    getState: store.getState,
    subscribe: store.subscribe,
    start: () => link.start(),
    open(conversationId) {
      typing.set(false);
      view.choose(conversationId);
      if (conversationId !== null) conversations.ensure(conversationId);
      refresh();
      incoming.follow();
    },
    newConversation() {
      typing.set(false);
      view.startNew();
      refresh();
    },
    async loadEarlier(): Promise<ActionResult> {
      const before = store.getState().conversations.at(-1)?.id;
      const reply = await call('conversation.list', { before });
      if (!reply.ok) return reply;
      const { conversations: listed, more } = fields(reply.data);
      conversations.apply(parseOutlines(listed));
      store.patch({ moreConversations: more === true });
      refresh();
      return { ok: true, data: null };
    },
    send(text) {
      const code = refusedText(text);
      if (code) return failed({ code, message: code });
      const to = target();
      typing.set(false);
      view.settleOn(to.conversationId);
      const { clientKey } = enqueue('message.send', { text }, to);
      return { ok: true, data: { clientKey } };
    },
    retry: outbox.retry,
    discard: (clientKey) => {
      const item = outbox.discard(clientKey);
      return item && String(item.input.text ?? '');
    },
    leaveContact: (contact) => act('contact.leave', { ...contact }, true),
    async end() {
      const result = await act('conversation.end', {}, false);
      // Somebody else ended it first: it is as it was wished.
      const over = !result.ok && result.error.code === 'conversation_closed';
      return over ? { ok: true, data: null } : result;
    },
    rate: (score, comment) => act('conversation.rate', { score, comment }, false),
    read() {
      const conversation = conversations.get(view.current() ?? '');
      const seq = conversation?.log.head() ?? 0;
      const known = conversation?.outline()?.readSeq ?? 0;
      if (!conversation || seq <= known || !marks.mark(conversation.id, seq)) return;
      conversation.touchRead();
      refresh();
    },
    setTyping: typing.set,
    pageView(next) {
      page = next;
      unsaidPage = true;
      sayPage();
    },
    setLocale(locale) {
      if (locale === store.getState().locale) return;
      store.patch({ locale });
      if (link.isOnline()) void session.renew();
      else session.stale();
    },
    setIdentity(token) {
      if (token === identity) return;
      identity = token;
      session.stale();
      if (session.owner()?.startsWith(PERSON) && session.owner() !== session.writer()) {
        // Another person: what the last one saw goes at once, whether or not there is a network.
        restOthers();
        forgetConversations();
      }
      link.restart();
    },
    logout() {
      identity = undefined;
      session.forget();
      outbox.clear();
      store.patch({ identified: false, moreConversations: false });
      forgetConversations();
      link.restart();
    },
    destroy() {
      destroyed = true;
      link.stop();
      heads.stop();
      typing.stop();
      outbox.stop();
      session.stop();
      conversations.clear();
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => {
        messageListeners.delete(listener);
      };
    },
  };
}
