import { describe, expect, it } from 'vitest';
import type { WireError } from '#lib/protocol/errors.ts';
import type { ClientPorts, Connection } from '../api.ts';
import { createSimulated } from '../test/simulated.ts';
import { createLink, type Prepared } from './connection.ts';
import { type OpenTransport, socketTransport, type TransportEvents } from './transport.ts';

const refusal = (code: WireError['code'], retryAfterMs?: number): WireError => ({
  code,
  message: code,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

function setup(options: { https?: boolean } = {}) {
  const time = createSimulated();
  const opened: { kind: 'websocket' | 'https'; at: number; events: TransportEvents }[] = [];
  const closed: string[] = [];
  const states: Connection[] = [];
  let network: (online: boolean) => void = () => {};
  let prepared: Prepared = { ok: true, auth: {} };
  let mended = false;
  const transport =
    (kind: 'websocket' | 'https'): OpenTransport =>
    (_auth, events) => {
      opened.push({ kind, at: time.ports.now(), events });
      return {
        kind,
        call: async () => ({ ok: true, data: null }),
        close: () => closed.push(kind),
      };
    };
  const ports = {
    ...time.ports,
    onNetwork(listener: (online: boolean) => void) {
      network = listener;
      return () => {};
    },
  } as unknown as ClientPorts;
  const link = createLink({
    ports,
    websocket: transport('websocket'),
    ...(options.https ? { https: transport('https') } : {}),
    prepare: async () => prepared,
    onRefused: () => mended,
    onState: (state) => states.push(state),
    onOnline() {},
    onPush() {},
    probe: { name: 'probe', input: {} },
  });
  const last = () => {
    const attempt = opened.at(-1);
    if (!attempt) throw new Error('nothing was opened');
    return attempt.events;
  };
  return {
    ...time,
    link,
    opened,
    closed,
    last,
    state: () => states.at(-1),
    network: (online: boolean) => network(online),
    prepareWith(next: Prepared) {
      prepared = next;
    },
    mend(value: boolean) {
      mended = value;
    },
  };
}

describe('connection', () => {
  it('S30: attempts are spaced up to 15 s, upper half by chance; 5 s online start anew', async () => {
    const { link, opened, last, advance, settle } = setup();
    link.start();
    await settle();
    for (let i = 0; i < 12; i++) {
      last().onLost(null);
      await advance(15_000);
    }
    const gaps = opened.slice(1).map(({ at }, i) => at - (opened[i]?.at ?? 0));
    // Each loss came at the end of the 15 s before; only the first gap is the delay alone.
    expect(gaps[0]).toBeGreaterThanOrEqual(250);
    expect(gaps[0]).toBeLessThanOrEqual(500);
    const before = opened.length;
    last().onLost(null);
    await advance(7_400);
    expect(opened.length).toBe(before);
    await advance(7_600);
    expect(opened.length).toBe(before + 1);
    last().onOpen();
    await advance(5_000);
    last().onLost(null);
    await advance(500);
    expect(opened.length).toBe(before + 2);
  });

  it('S32: retryAfterMs is waited for; a refusal is final until restart; outdated says reload', async () => {
    const { link, opened, last, advance, settle, state } = setup();
    link.start();
    await settle();
    last().onLost(refusal('overloaded', 20_000));
    await advance(19_999);
    expect(opened).toHaveLength(1);
    await advance(1);
    expect(opened).toHaveLength(2);
    last().onLost(refusal('origin_refused'));
    await advance(3_600_000);
    expect(opened).toHaveLength(2);
    expect(state()).toMatchObject({ kind: 'refused', error: { code: 'origin_refused' } });
    link.restart();
    await settle();
    expect(opened).toHaveLength(3);
    last().onLost(refusal('protocol_outdated'));
    expect(state()).toEqual({ kind: 'outdated' });
  });

  it('S32: a busy desk’s time is waited for, whether session or socket was refused; WebSockets do not count as blocked', async () => {
    const { link, opened, last, advance, settle, prepareWith, state } = setup({ https: true });
    const busy = refusal('overloaded', 20_000);
    prepareWith({ ok: false, error: busy });
    link.start();
    await settle();
    expect(state()).toMatchObject({ kind: 'offline', error: busy });
    await advance(19_999);
    expect(opened).toHaveLength(0);
    prepareWith({ ok: true, auth: {} });
    await advance(1);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      expect(opened).toHaveLength(attempt);
      last().onLost(busy);
      await advance(19_999);
      expect(opened).toHaveLength(attempt);
      await advance(1);
    }
    expect(new Set(opened.map(({ kind }) => kind))).toEqual(new Set(['websocket']));
  });

  it('S32: a node that is behind is left for another; when all are, the page reloads', async () => {
    const { link, opened, last, advance, settle, state } = setup();
    link.start();
    await settle();
    last().onLost(refusal('protocol_ahead', 300));
    await advance(1_000);
    expect(opened).toHaveLength(2);
    last().onOpen();
    expect(state()).toMatchObject({ kind: 'online' });
    last().onLost(null);
    for (let seconds = 0; seconds < 25; seconds++) {
      await advance(1_000);
      last().onLost(refusal('protocol_ahead', 300));
      expect(state()).toEqual({ kind: 'connecting' });
    }
    for (let seconds = 0; seconds < 10; seconds++) {
      await advance(1_000);
      last().onLost(refusal('protocol_ahead', 300));
    }
    expect(state()).toEqual({ kind: 'outdated' });
  });

  it('S33: a refusal that can be mended is tried again at once, but once only', async () => {
    const { link, opened, last, settle, state, mend } = setup();
    mend(true);
    link.start();
    await settle();
    last().onLost(refusal('token_invalid'));
    await settle();
    expect(opened).toHaveLength(2);
    last().onLost(refusal('token_invalid'));
    await settle();
    expect(opened).toHaveLength(2);
    expect(state()).toMatchObject({ kind: 'refused' });
  });

  it("S34: the browser's `online` tries at once", async () => {
    const { link, opened, last, settle, network } = setup();
    link.start();
    await settle();
    for (let i = 0; i < 3; i++) {
      last().onLost(null);
      network(true);
      await settle();
    }
    expect(opened).toHaveLength(4);
  });

  it('S35: after two failed sockets HTTPS, and every minute the socket again', async () => {
    const { link, opened, last, advance, settle, closed, state } = setup({ https: true });
    link.start();
    await settle();
    last().onLost(null);
    await advance(1_000);
    last().onLost(null);
    await advance(2_000);
    expect(opened.map(({ kind }) => kind)).toEqual(['websocket', 'websocket', 'https']);
    last().onOpen();
    expect(state()).toEqual({ kind: 'online', transport: 'https' });
    await advance(60_000);
    expect(opened.at(-1)?.kind).toBe('websocket');
    last().onLost(null);
    expect(state()).toEqual({ kind: 'online', transport: 'https' });
    await advance(60_000);
    last().onOpen();
    await settle();
    expect(opened.at(-1)?.kind).toBe('websocket');
    last().onOpen();
    expect(state()).toEqual({ kind: 'online', transport: 'websocket' });
    expect(closed).toContain('https');
  });

  it('a late word of a connection that was given up changes nothing', async () => {
    const { link, opened, last, settle, state } = setup();
    link.start();
    await settle();
    const old = last();
    old.onOpen();
    link.restart();
    await settle();
    last().onOpen();
    old.onLost(null);
    expect(state()).toMatchObject({ kind: 'online' });
    expect(opened).toHaveLength(2);
    link.stop();
    expect(state()).toEqual({ kind: 'idle' });
  });
});

describe('transport', () => {
  it('S31: no answer in 10 s means the line is dead, and every waiting call is answered', async () => {
    const { ports, advance } = createSimulated();
    let closed = 0;
    const lost: (WireError | null)[] = [];
    const transport = socketTransport(
      {
        ...ports,
        openSocket(request) {
          ports.setTimeout(() => request.onConnect(), 5);
          return { emit() {}, close: () => closed++ };
        },
      },
      'http://desk.test/visitor',
    )({}, { onOpen() {}, onLost: (error) => lost.push(error), onPush() {} });
    await advance(10);
    const answers = [transport.call('a', {}), transport.call('b', {})];
    await advance(10_000);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'unavailable', retryAfterMs: 0 } });
    }
    expect(lost).toEqual([null]);
    expect(closed).toBe(1);
    expect(await transport.call('c', {})).toMatchObject({ ok: false });
  });

  it('S31: a socket that never connects is given up', async () => {
    const { ports, advance, pendingTimers } = createSimulated();
    const lost: (WireError | null)[] = [];
    socketTransport({ ...ports, openSocket: () => ({ emit() {}, close() {} }) }, 'http://d.test/v')(
      {},
      { onOpen() {}, onLost: (error) => lost.push(error), onPush() {} },
    );
    await advance(10_000);
    expect(lost).toEqual([null]);
    expect(pendingTimers()).toBe(0);
  });
});
