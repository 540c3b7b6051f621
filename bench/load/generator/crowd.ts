import type { WireError } from '#lib/protocol/errors.ts';
import { joinWire, jsonIn, key, numberAt, valueAt, type WireClient } from '../wire/index.ts';
import { Books, TO_AGENT, TO_VISITOR } from './books.ts';
import { InOrder, Problems } from './order-check.ts';
import type { AgentOrder, TalkOrder } from './orders.ts';
import { makeTexts, randomBy } from './texts.ts';

const SEQ = key('seq');
/** Each text begins with `~<number of the message>~`, by which a push is known again. */
const TAGGED = Buffer.from('"text":"~');
const CONVERSATION = key('conversationId');
/** Acks of messages; below are those of commands that prepare. */
const FIRST_ID = 1_000_000;
/** Handshakes and openings under way at once. */
const AT_ONCE = 40;

export interface Listening {
  /** Message `number` was answered well. */
  acked(number: number): void;
  refused(code: string, number: number, retryAfterMs: number): void;
  /** The agent was shown it, for the first time. */
  delivered(number: number): void;
  hinted(): void;
}

/** Runs `work` on all, at most `atOnce` at a time. */
async function each<T>(all: readonly T[], work: (one: T, index: number) => Promise<void>) {
  let next = 0;
  const walk = async () => {
    while (next < all.length) {
      const index = next++;
      await work(all[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, walk));
}

/** The visitors and agents of one generator process, connected, and what they saw. */
export class Crowd {
  readonly books = new Books();
  readonly problems = new Problems();
  /** Of this process. */
  readonly number: number;
  readonly #talks: readonly TalkOrder[];
  readonly #random: () => number;
  readonly #texts: string[];
  readonly #listening: Listening;
  readonly #talkOf = new Map<string, number>();
  readonly #visitors: WireClient[] = [];
  readonly #agents: WireClient[] = [];
  readonly #toAgents: InOrder;
  readonly #toVisitors: InOrder;
  readonly #prefixes: string[];

  constructor(talks: readonly TalkOrder[], number: number, seed: number, listening: Listening) {
    this.number = number;
    this.#talks = talks;
    this.#random = randomBy(seed);
    this.#texts = makeTexts(4_000, this.#random);
    this.#listening = listening;
    this.#toAgents = new InOrder(
      'agent',
      talks.map((talk) => talk.head),
      this.problems,
    );
    this.#toVisitors = new InOrder(
      'visitor',
      talks.map((talk) => talk.publicHead),
      this.problems,
    );
    for (const [index, talk] of talks.entries()) this.#talkOf.set(talk.conversationId, index);
    // As long as the panel's own keys, UUIDv7s; the last twelve digits are the message's number.
    const run = Date.now().toString(16).padStart(12, '0');
    const keys = `${run.slice(0, 8)}-${run.slice(8)}-7000-${(0x8000 + number).toString(16)}-`;
    this.#prefixes = talks.map(
      ({ conversationId }) => `{"conversationId":"${conversationId}","clientKey":"${keys}`,
    );
  }

  /** @throws Error when anybody cannot join or open */
  async connect(agents: readonly AgentOrder[]): Promise<void> {
    await each(agents, (order, index) => this.#connectAgent(order, index));
    await each(this.#talks, (order, index) => this.#connectVisitor(order, index));
  }

  async #connectAgent(order: AgentOrder, index: number): Promise<void> {
    const client = await joinWire(order, {
      pushed: (_, chunk, from, to) => this.#pushed(chunk, from, to, true),
      closed: (_, reason) => this.#lost('an agent', reason),
    });
    this.#agents[index] = client;
    // As a client does: who is sent away for a while comes again (D7).
    const ask = async (name: string, input: object, tries = 10): Promise<void> => {
      const reply = await client.call(name, input);
      if (reply.ok) return;
      const { retryAfterMs } = reply.error;
      if (retryAfterMs === undefined || tries === 1)
        throw new Error(`${name}: ${JSON.stringify(reply.error)}`);
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      await ask(name, input, tries - 1);
    };
    // As the console does: the desk, the inbox, then each conversation (which joins its room).
    await ask('desk.open', {});
    await ask('inbox.list', { view: 'mine' });
    for (const talk of this.#talks) {
      if (talk.agent !== index) continue;
      await ask('conversation.open', { conversationId: talk.conversationId, after: 0 });
    }
  }

  async #connectVisitor(order: TalkOrder, index: number): Promise<void> {
    const client = await joinWire(order, {
      pushed: (_, chunk, from, to) => this.#pushed(chunk, from, to, false),
      acked: (_, id, chunk, from, to) => this.#acked(id - FIRST_ID, chunk, from, to),
      closed: (_, reason) => this.#lost('a visitor', reason),
    });
    client.tag = index;
    this.#visitors[index] = client;
  }

  #lost(who: string, reason: string): void {
    this.problems.add(`${who} lost the connection: ${reason}`);
  }

  /** Somebody, by chance, sends something, as people write. @returns the message's number */
  send(intended: number): number {
    const talk = Math.floor(this.#random() * this.#talks.length);
    const number = this.books.begin(talk, intended);
    this.#write(number, talk);
    return number;
  }

  /** A refused message once more, under the same key. */
  sendAgain(number: number, intended: number): void {
    const { books } = this;
    books.intended[number] = intended;
    books.seq[number] = 0;
    this.#write(number, books.talk[number] as number);
  }

  #write(number: number, talk: number): void {
    // By the number alone, so that a repeat says the same: Knuth's multiplicative hash.
    const text = this.#texts[(Math.imul(number, 2_654_435_761) >>> 0) % this.#texts.length];
    const input = `${this.#prefixes[talk]}${String(number).padStart(12, '0')}","text":"~${number}~${text}"}`;
    this.#visitors[talk]?.command(FIRST_ID + number, 'message.send', input);
  }

  /** Milliseconds until the next message of many independent people: a Poisson process. */
  pause(rate: number): number {
    return (-Math.log(1 - this.#random()) / rate) * 1_000;
  }

  #acked(number: number, chunk: Buffer, from: number, to: number): void {
    const { books } = this;
    // [{"ok":true,…
    if (chunk[from + 7] !== 0x74) {
      const [reply] = jsonIn(chunk, from, to) as [{ error?: Partial<WireError> }];
      if (books.seq[number] === 0) books.seq[number] = -1;
      const { code = 'garbled', retryAfterMs = 1_000 } = reply.error ?? {};
      this.#listening.refused(code, number, retryAfterMs);
      return;
    }
    const seq = numberAt(chunk, valueAt(SEQ, chunk, from, to));
    if (books.seq[number] !== 0) this.problems.add(`message ${number} was answered twice`);
    books.seq[number] = seq;
    this.#listening.acked(number);
  }

  #pushed(chunk: Buffer, from: number, to: number, agent: boolean): void {
    // ["events",… and ["inbox",…
    if (chunk[from + 2] === 0x69) this.#listening.hinted();
    if (chunk[from + 2] !== 0x65 || chunk[from + 3] !== 0x76) return;
    const id = valueAt(CONVERSATION, chunk, from, to) + 1;
    const talk = this.#talkOf.get(chunk.toString('latin1', id, id + 36));
    if (talk === undefined) {
      this.problems.add('a push of a conversation of somebody else');
      return;
    }
    const order = agent ? this.#toAgents : this.#toVisitors;
    let at = valueAt(SEQ, chunk, id + 36, to);
    while (at !== -1) {
      const next = valueAt(SEQ, chunk, at, to);
      if (order.next(talk, numberAt(chunk, at))) {
        const text = valueAt(TAGGED, chunk, at, next === -1 ? to : next);
        if (text !== -1) this.#shown(numberAt(chunk, text), talk, agent ? TO_AGENT : TO_VISITOR);
      }
      at = next;
    }
  }

  #shown(number: number, talk: number, whom: number): void {
    const { books } = this;
    const before = books.shown[number] as number;
    if (books.talk[number] !== talk || number >= books.count) {
      this.problems.add(`message ${number} was shown in another conversation`);
    }
    // Under two seqs it would pass as new by its order, and be stored twice.
    if ((before & whom) !== 0) this.problems.add(`message ${number} was shown twice`);
    books.shown[number] = before | whom;
    if (whom === TO_AGENT) this.#listening.delivered(number);
  }
}
