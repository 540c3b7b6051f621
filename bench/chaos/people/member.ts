import type { ConversationRow } from '#lib/protocol/member.ts';
import type { MemberClient, StoragePort } from '#lib/sdk/api.ts';
import { createMemberClient, createMemoryStorage } from '#lib/sdk/member/index.ts';
import type { Chance } from '../chance.ts';
import type { Recorder } from '../recorder.ts';
import type { DatabaseView } from '../world/database-view.ts';
import type { Team, TeamMember } from '../world/team.ts';
import { observedPorts, type Sender } from './observed-ports.ts';
import { createActing, type Person } from './person.ts';
import { createShowing } from './showing.ts';
import { textOf } from './texts.ts';

export interface MemberOptions {
  url: string;
  /** What the page speaks that is loaded now. */
  protocol(): number;
  team: Team;
  member: TeamMember;
  sender: Sender;
  chance: Chance;
  recorder: Recorder;
}

const PAUSE_MS = [100, 900] as const;
/** Signed off: longer than nothing, shorter and longer than the grace of an absent owner. */
const AWAY_MS = [500, 12_000] as const;
/** A page that loads itself anew because its protocol is too old (D8). */
const RELOAD_MS = [50, 500] as const;
const MOST_OPEN = 8;
/** With so many messages of one conversation on their way a person waits. */
const PATIENCE = 4;

/** A member at the console: answers offers, talks, hands over, ends, goes away. */
export function createMember(options: MemberOptions): Person {
  const { chance, recorder, team, member } = options;
  const { name, id: me } = member;
  const journal = recorder.open(name);
  const acting = createActing(chance, PAUSE_MS, act);
  const storage: StoragePort = createMemoryStorage();
  let client: MemberClient | null = null;
  let showing = createShowing(journal);
  let opened: string[] = [];
  let back: NodeJS.Timeout | undefined;
  /** Left by choice, rather than to load the page anew. */
  let away = false;
  let destroyed = false;
  /** Offers looked at already, by transition: most are answered, some are let go. */
  const weighed = new Set<string>();

  function load() {
    clearTimeout(back);
    if (destroyed) return;
    journal.write({ kind: 'began', role: 'member', personId: me, node: options.url });
    showing = createShowing(journal);
    opened = [];
    const mine = createMemberClient({
      url: options.url,
      workspaceId: team.workspaceId,
      storage,
      v: options.protocol(),
      ports: observedPorts(journal, options.sender, chance.random),
    });
    client = mine;
    mine.subscribe(() => {
      const { threads, connection, outdated } = mine.getState();
      for (const [id, thread] of Object.entries(threads)) showing.show(id, thread.items);
      if (client === mine && (connection.kind === 'outdated' || outdated)) leave(RELOAD_MS);
      else showing.connection(connection);
    });
    mine.showView('queued');
    mine.start();
    void mine.setAvailability('available');
  }

  /** Closes the console without a word, and comes back. */
  function leave(ms: readonly [number, number]) {
    away = ms === AWAY_MS;
    client?.destroy();
    client = null;
    journal.write({ kind: 'ended' });
    journal.nextLife();
    back = setTimeout(load, chance.between(...ms));
  }

  function open(id: string) {
    if (opened.includes(id)) return;
    client?.openConversation(id);
    opened.push(id);
    const oldest = opened.length > MOST_OPEN ? opened.shift() : undefined;
    if (oldest !== undefined) client?.leaveConversation(oldest);
  }

  function answerOffers(here: MemberClient): boolean {
    for (const row of here.getState().offers) {
      const key = `${row.id}:${row.stateRev}`;
      if (weighed.has(key)) continue;
      weighed.add(key);
      const transfer = row.phase === 'transferring';
      const answer = chance.weighed({ accept: 7, decline: 1.5, ignore: 1.5 });
      if (answer === 'ignore') return true;
      const accept = answer === 'accept';
      const of = `${transfer ? 'transfer' : 'offer'}.${answer}`;
      const work = transfer
        ? accept
          ? here.acceptTransfer(row.id)
          : here.declineTransfer(row.id)
        : accept
          ? here.acceptOffer(row.id)
          : here.declineOffer(row.id);
      void work.then(showing.answered(of, row.id));
      if (accept) open(row.id);
      return true;
    }
    return false;
  }

  function work(here: MemberClient, row: ConversationRow) {
    const { id, phase } = row;
    const told = (of: string) => showing.answered(of, id);
    open(id);
    const waiting = showing.unsent(here.getState().threads[id]?.items ?? []) >= PATIENCE;
    const what = chance.weighed({
      write: waiting ? 0 : phase === 'wrapup' ? 0.5 : 6,
      note: waiting ? 0 : 1,
      read: 2,
      type: 1,
      hand: phase === 'serving' ? 0.8 : 0,
      handToQueue: phase === 'serving' ? 0.2 : 0,
      giveBack: phase === 'serving' ? 0.2 : 0,
      cancel: phase === 'transferring' ? 1 : 0,
      end: phase === 'serving' ? 0.7 : 0,
      finish: phase === 'wrapup' ? 3 : 0,
    });
    switch (what) {
      case 'write':
        return void here.send(id, textOf(chance));
      case 'note':
        return void here.addNote(id, textOf(chance));
      case 'read':
        return here.read(id);
      case 'type':
        return here.setTyping(id, true);
      case 'hand': {
        const others = team.members.filter((other) => other.id !== me);
        const to = { kind: 'member', memberId: chance.pick(others)?.id ?? me } as const;
        // Notes of a transfer are shorter than messages may be.
        const note = textOf(chance).split(' ').slice(-40).join(' ');
        return void here.requestTransfer(id, to, note).then(told('transfer.request'));
      }
      case 'handToQueue': {
        const to = { kind: 'queue', queueId: chance.pick(team.queueIds) ?? '' } as const;
        return void here.requestTransfer(id, to).then(told('transfer.request'));
      }
      case 'giveBack':
        return void here.returnToQueue(id).then(told('conversation.return'));
      case 'cancel':
        return void here.cancelTransfer(id).then(told('transfer.cancel'));
      case 'end':
        return void here.end(id).then(told('conversation.end'));
      case 'finish':
        return void here.finishWrapup(id).then(told('wrapup.finish'));
    }
  }

  function act() {
    const here = client;
    if (!here || answerOffers(here)) return;
    const { inbox, desk } = here.getState();
    const owned = inbox.mine.ids.flatMap((id) => {
      const row = here.row(id);
      return row?.ownerId === me ? [row] : [];
    });
    const waiting = chance.pick(inbox.queued.ids);
    const idle = desk !== null && desk.me.availability !== 'available';
    const what = chance.weighed({
      work: owned.length > 0 ? 10 : 0.1,
      take: waiting === undefined ? 0 : 0.5,
      override: member.role === 'supervisor' ? 0.4 : 0,
      availability: idle ? 3 : 0.15,
      leave: 0.12,
      readAnother: 0.3,
      mend: 0.2,
    });
    switch (what) {
      case 'work': {
        const row = chance.pick(owned);
        return row && work(here, row);
      }
      case 'take':
        if (waiting === undefined) return;
        open(waiting);
        return void here.take(waiting).then(showing.answered('conversation.take', waiting));
      case 'override': {
        const id = chance.pick(opened);
        if (id === undefined) return;
        return void here
          .take(id, { override: true })
          .then(showing.answered('conversation.take', id));
      }
      case 'availability': {
        const next = idle ? 'available' : chance.odds(0.5) ? 'busy' : 'away';
        return void here.setAvailability(next).then(showing.answered('availability.set', null));
      }
      case 'leave':
        return leave(AWAY_MS);
      case 'readAnother':
        return waiting === undefined ? undefined : open(waiting);
      case 'mend':
        return mend(here);
    }
  }

  /** What failed for good is put away, as a person does who read why. */
  function mend(here: MemberClient) {
    for (const thread of Object.values(here.getState().threads)) {
      for (const item of thread.items) {
        if (item.kind === 'pending' && item.status === 'failed') here.discard(item.clientKey);
      }
    }
  }

  function behind(view: DatabaseView): string | null {
    // Who is away by choice misses nothing before coming back, which may be later than any limit.
    if (!client) return away ? null : 'the console is being loaded';
    const { connection, desk, inbox, threads } = client.getState();
    if (connection.kind !== 'online') return `connection ${connection.kind}`;
    if (!desk) return 'the desk is not known yet';
    const mine = view.all
      .filter((row) => (row.ownerId === me && !row.closed) || row.targetMemberId === me)
      .map(({ id }) => id);
    if ([...inbox.mine.ids].sort().join() !== mine.sort().join()) {
      return `has ${inbox.mine.ids.join() || 'nothing'}, in the database ${mine.join() || 'nothing'}`;
    }
    for (const id of mine) {
      const [shown, now] = [client.row(id), view.byId.get(id)];
      if (!shown || !now) continue;
      if (shown.stateRev !== now.stateRev || shown.phase !== now.phase || shown.head !== now.head) {
        return `${id}: row ${shown.phase}/${shown.stateRev}/${shown.head}, in the database ${now.phase}/${now.stateRev}/${now.head}`;
      }
    }
    for (const [id, thread] of Object.entries(threads)) {
      const now = view.byId.get(id);
      if (!now || thread.error) continue;
      const held = showing.held(thread.items);
      if (held !== now.head) return `${id}: holds ${held} of ${now.head}`;
      const pending = showing.unsent(thread.items);
      if (pending > 0) return `${id}: ${pending} not in the log yet`;
    }
    return null;
  }

  return {
    name,
    start: load,
    setActing(value) {
      acting.set(value);
      if (!value && !client) load();
    },
    behind,
    noteInStep(view) {
      for (const [id, thread] of Object.entries(client?.getState().threads ?? {})) {
        const now = view.byId.get(id);
        if (!now || thread.error) continue;
        journal.write({
          kind: 'in_step',
          conversationId: id,
          head: showing.held(thread.items),
          expected: now.head,
          pending: showing.unsent(thread.items),
          stage: thread.row?.phase ?? null,
        });
      }
    },
    destroy() {
      destroyed = true;
      clearTimeout(back);
      acting.stop();
      client?.destroy();
      journal.write({ kind: 'ended' });
    },
  };
}
