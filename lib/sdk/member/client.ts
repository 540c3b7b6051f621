import * as z from 'zod/mini';
import type { Reply } from '#lib/protocol/envelope.ts';
import { type ConversationRow, MemberCommands } from '#lib/protocol/member.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type {
  ActionResult,
  ClientPorts,
  MemberClient,
  MemberClientOptions,
  MemberNotice,
  MemberState,
} from '../api.ts';
import { browserPorts } from '../core/browser-ports.ts';
import { createLink } from '../core/connection.ts';
import { createHeads } from '../core/heads.ts';
import { createIds } from '../core/ids.ts';
import { createOutbox } from '../core/outbox.ts';
import { fields } from '../core/parse.ts';
import { createReadMarks } from '../core/read-marks.ts';
import { createMemoryStorage, guardStorage } from '../core/storage.ts';
import { createStore } from '../core/store.ts';
import { refusedText } from '../core/text.ts';
import { socketTransport } from '../core/transport.ts';
import { createTypingSignal } from '../core/typing.ts';
import { failed, GARBLED } from '../core/wire.ts';
import { persist } from './command.ts';
import { createCounts } from './counts.ts';
import { createDesk } from './desk.ts';
import { createInbox } from './inbox.ts';
import { createOffers } from './offers.ts';
import { parseMemberEvents, parseRow } from './parse.ts';
import { createThreads } from './threads.ts';

const MeSchema = MemberCommands['availability.set'].output;

/** The console's headless client; see MemberClient. */
export function createMemberClient(options: MemberClientOptions): MemberClient {
  const ports: ClientPorts = { ...browserPorts(), ...options.ports };
  const storage = guardStorage(options.storage ?? createMemoryStorage());
  const noticeListeners = new Set<(notice: MemberNotice) => void>();
  let destroyed = false;

  const call = (name: string, input: unknown) => link.call(name, input);
  const online = () => link.isOnline();
  const me = () => store.getState().desk?.me.id ?? null;
  const notify = (notice: MemberNotice) => {
    for (const listener of [...noticeListeners]) listener(notice);
  };

  const marks = createReadMarks((conversationId, seq) =>
    call('conversation.read', { conversationId, seq }),
  );
  const offers = createOffers(me, (row) => notify({ kind: 'offer', row }));
  const counts = createCounts(ports, call, (value) => store.patch({ counts: value }));
  const inbox = createInbox({
    ports,
    call,
    online,
    me,
    readSeq: marks.get,
    onRow(before, after, news) {
      offers.see(after);
      threads.get(after.id)?.expect(after.head);
      counts.ask();
      const wrote = after.lastVisitorSeq > (before?.lastVisitorSeq ?? 0);
      if (news && wrote && after.unread && after.ownerId === me()) {
        notify({ kind: 'message', row: after });
      }
    },
    onGone(conversationId) {
      offers.drop(conversationId);
      counts.ask();
    },
    onChange: refresh,
  });
  const keys = createIds(ports.now);
  const outbox = createOutbox({
    ports,
    storage,
    prefix: `parlour:member:${options.workspaceId ?? ''}:outbox:`,
    onChange: refresh,
    async send({ name, conversationId, clientKey, input }) {
      const reply = await call(name, { conversationId, clientKey, text: input.text });
      if (!reply.ok) return reply;
      const { seq } = fields(reply.data);
      return typeof seq === 'number' ? { ok: true, data: { seq } } : failed(GARBLED);
    },
    shownAs: (name) => (name === 'note.add' ? 'note' : 'message'),
    onRefused: () => 'failed',
    onAcked: (item, seq) => threads.get(item.conversationId)?.expect(seq),
    onElsewhere: async (conversationId) => threads.get(conversationId)?.sync(),
  });
  for (const item of outbox.items()) keys.observe(item.clientKey);

  const threads = createThreads({
    ports,
    call,
    online: () => online() && me() !== null,
    row: inbox.row,
    pending: outbox.pending,
    onRow: (row) => void inbox.apply(row, true),
    onEvents(conversationId, events, head) {
      const seen = events.flatMap((event) =>
        (event.kind === 'message' || event.kind === 'note') && event.clientKey
          ? [event.clientKey]
          : [],
      );
      outbox.seen(conversationId, head, seen);
      refresh();
    },
    onChange: refresh,
  });
  const typing = new Map<string, ReturnType<typeof createTypingSignal>>();
  const heads = createHeads(ports, () =>
    Promise.all([
      inbox.sync(),
      counts.refresh(),
      ...threads.all().map((thread) => thread.rejoin()),
    ]),
  );

  const store = createStore<MemberState>({
    connection: { kind: 'idle' },
    outdated: false,
    desk: null,
    inbox: inbox.snapshot(),
    counts: null,
    offers: [],
    threads: {},
  });

  const desk = createDesk(store, call, (opened) => {
    outbox.claim(opened.me.id, (owner) => (owner === null ? 'take' : 'rest'));
  });

  const link = createLink({
    ports,
    websocket: socketTransport(ports, `${options.url}/member`),
    probe: { name: 'inbox.counts', input: {} },
    prepare: async () => ({
      ok: true,
      auth: { v: options.v ?? PROTOCOL_VERSION, workspaceId: options.workspaceId },
    }),
    onRefused: () => false,
    onState(connection) {
      store.patch({ connection });
      if (connection.kind === 'online') return;
      outbox.setOnline(false);
      heads.stop();
      for (const thread of threads.all()) thread.disconnected();
    },
    onOnline: () => void join(),
    onPush,
  });

  /** Who I am comes first: views, offers and the outbox depend on it. */
  async function join() {
    const opened = await persist(ports, desk.open);
    if (!opened.ok || !online()) return;
    inbox.joined();
    for (const thread of threads.all()) void thread.sync();
    marks.flushAll();
    void counts.refresh();
    heads.joined();
    outbox.setOnline(true);
  }

  function onPush(name: string, payload: unknown) {
    const data = fields(payload);
    const thread = threads.get(String(data.conversationId));
    if (name === 'inbox') inbox.hint();
    else if (name === 'events') thread?.push(parseMemberEvents(data.events));
    else if (name === 'offer') seeRow(data.row);
    else if (name === 'member') desk.showMember(payload);
    else if (name === 'typing') threads.typing(data, me());
    else if (name === 'read') thread?.showRead(Number(data.visitorReadSeq));
    else if (name === 'visitor') threads.visitor(data);
    else if (name === 'hidden') threads.hidden(data);
    else if (name === 'config') void desk.open();
    else if (name === 'outdated') store.patch({ outdated: true });
    else if (name === 'revoked') link.restart();
  }

  function seeRow(value: unknown) {
    const row = parseRow(value);
    if (!row) return;
    inbox.apply(row, true);
    refresh();
  }

  function refresh() {
    if (destroyed) return;
    store.patch({
      inbox: inbox.snapshot(),
      offers: offers.snapshot(),
      threads: threads.snapshot(),
    });
  }

  function write(name: string, conversationId: string, text: string) {
    const code = refusedText(text);
    if (code) return failed({ code, message: code });
    const clientKey = keys.make();
    typing.get(conversationId)?.set(false);
    const item = {
      clientKey,
      name,
      conversationId,
      input: { text },
      at: ports.now(),
      owner: me(),
      previousId: null,
    };
    void outbox.add(item);
    return { ok: true as const, data: { clientKey } };
  }

  async function move(
    name: string,
    conversationId: string,
    more: Record<string, unknown> = {},
  ): Promise<ActionResult<{ seq: number; row: ConversationRow }>> {
    const input = { ...more, conversationId, clientKey: keys.make() };
    const reply = await persist(ports, () => call(name, input));
    if (!reply.ok) return reply;
    const { seq, row } = fields(reply.data);
    const parsed = parseRow(row);
    if (!parsed) return failed(GARBLED);
    inbox.apply(parsed, true);
    refresh();
    return { ok: true, data: { seq: Number(seq), row: parsed } };
  }

  function typingOf(conversationId: string) {
    const known = typing.get(conversationId);
    if (known) return known;
    const signal = createTypingSignal(ports, (on) => void call('typing', { conversationId, on }));
    typing.set(conversationId, signal);
    return signal;
  }

  // My own conversations and offers are always kept, whatever the console shows.
  inbox.show('mine');

  return {
    getState: store.getState,
    subscribe: store.subscribe,
    start: link.start,
    destroy() {
      destroyed = true;
      link.stop();
      heads.stop();
      counts.stop();
      inbox.stop();
      outbox.stop();
      threads.stop();
      for (const signal of typing.values()) signal.stop();
    },
    row: inbox.row,
    subscribeRow: inbox.subscribeRow,
    onNotice(listener) {
      noticeListeners.add(listener);
      return () => {
        noticeListeners.delete(listener);
      };
    },
    showView: inbox.show,
    loadMore: inbox.loadMore,
    refreshDesk: desk.open,
    openConversation: threads.open,
    leaveConversation(conversationId) {
      if (threads.leave(conversationId)) void call('conversation.leave', { conversationId });
    },
    send: (conversationId, text) => write('message.send', conversationId, text),
    addNote: (conversationId, text) => write('note.add', conversationId, text),
    retry: outbox.retry,
    discard(clientKey) {
      const item = outbox.discard(clientKey);
      return item && String(item.input.text ?? '');
    },
    take: (id, more) => move('conversation.take', id, { ...more }),
    acceptOffer: (id) => move('offer.accept', id),
    declineOffer: (id) => move('offer.decline', id),
    requestTransfer: (id, to, note) => move('transfer.request', id, { to, note }),
    acceptTransfer: (id) => move('transfer.accept', id),
    declineTransfer: (id) => move('transfer.decline', id),
    cancelTransfer: (id) => move('transfer.cancel', id),
    returnToQueue: (id) => move('conversation.return', id),
    end: (id) => move('conversation.end', id),
    finishWrapup: (id) => move('wrapup.finish', id),
    read(conversationId, seq = threads.get(conversationId)?.head() ?? 0) {
      if (!marks.mark(conversationId, seq)) return;
      const row = inbox.row(conversationId);
      if (row) inbox.apply(row, false);
      refresh();
    },
    async setAvailability(availability) {
      const reply: Reply<unknown> = await persist(ports, () =>
        call('availability.set', { availability }),
      );
      if (!reply.ok) return reply;
      const parsed = z.safeParse(MeSchema, reply.data);
      if (!parsed.success) return failed(GARBLED);
      desk.showMember(parsed.data.me);
      return { ok: true, data: parsed.data };
    },
    setTyping: (conversationId, on) => typingOf(conversationId).set(on),
  };
}
