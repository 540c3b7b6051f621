import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { ClientPorts, Connection, Unsubscribe } from '../api.ts';
import { reconnectMs } from './backoff.ts';
import type { OpenTransport, Transport } from './transport.ts';
import { failed, LOST } from './wire.ts';

/** Online for so long counts as having worked: the next loss starts with a short delay again. */
const STEADY_MS = 5_000;
/** Asked when the browser says the network went away: no answer in time means it is true. */
const PROBE_MS = 3_000;
/** WebSockets that fail so often in a row while HTTPS works are taken for blocked. */
const BLOCKED_AFTER = 2;
/** On HTTPS: try the WebSocket again after this. */
const UPGRADE_MS = 60_000;

/** Nodes older than this code, and no other, for so long: a desk that went back, whose page we need. */
const AHEAD_MS = 30_000;

/** What the next attempt presents, or why there is none. `null` error: the network. */
export type Prepared =
  | { ok: true; auth: Record<string, unknown> }
  | { ok: false; error: WireError | null };

export interface ConnectionDeps {
  ports: ClientPorts;
  websocket: OpenTransport;
  /** Where WebSockets are blocked. */
  https?: OpenTransport;
  prepare(): Promise<Prepared>;
  /** The server refused what `prepare` gave; true: prepare again at once, it will give something else. */
  onRefused(error: WireError): boolean;
  onState(connection: Connection): void;
  /** After each (re)connect, the state being online. */
  onOnline(): void;
  onPush(name: string, payload: unknown): void;
  /** A harmless command for probing the line. */
  probe: { name: string; input: unknown };
}

export interface Link {
  start(): void;
  /** Tries now, if it is not online. Also leaves `refused`. */
  kick(): void;
  /** Drops the connection and connects anew with what `prepare` then gives. */
  restart(): void;
  stop(): void;
  isOnline(): boolean;
  call(name: string, input: unknown): Promise<Reply<unknown>>;
}

/** Connects, notices loss, connects again. One attempt at a time; `generation` disowns older ones. */
export function createLink(deps: ConnectionDeps): Link {
  const { ports } = deps;
  let state: Connection = { kind: 'idle' };
  let transport: Transport | null = null;
  /** A socket tried beside HTTPS. */
  let trial: Transport | null = null;
  let generation = 0;
  let failures = 0;
  let socketFailures = 0;
  /** When a node first said that we are ahead of it; null: none since the last good connection. */
  let aheadSince: number | null = null;
  let timer: unknown = null;
  let steady: unknown = null;
  let upgrade: unknown = null;
  let stopListening: Unsubscribe | undefined;

  const setState = (next: Connection) => {
    state = next;
    deps.onState(next);
  };

  const reset = () => {
    generation += 1;
    for (const handle of [timer, steady, upgrade]) if (handle !== null) ports.clearTimeout(handle);
    timer = steady = upgrade = null;
    trial?.close();
    trial = null;
    const old = transport;
    transport = null;
    return old;
  };

  function lost(error: WireError | null, again = true) {
    const old = reset();
    const ahead = error?.code === 'protocol_ahead';
    if (ahead) aheadSince ??= ports.now();
    if (aheadSince !== null && ahead && ports.now() - aheadSince >= AHEAD_MS) {
      setState({ kind: 'outdated' });
    } else if (error && error.retryAfterMs === undefined) {
      if (error.code === 'protocol_outdated') setState({ kind: 'outdated' });
      else if (again && deps.onRefused(error)) void attempt(false);
      else setState({ kind: 'refused', error });
    } else {
      // Which node answers is chance: the next attempt is as good as any.
      const attempts = ahead ? Math.min(failures, 1) : failures;
      const wait = Math.max(error?.retryAfterMs ?? 0, reconnectMs(attempts, ports.random));
      failures += 1;
      // Nothing is known to be wrong with a desk that is being upgraded.
      if (ahead) setState({ kind: 'connecting' });
      else setState({ kind: 'offline', retryAt: ports.now() + wait, error });
      timer = ports.setTimeout(() => void attempt(), wait);
    }
    old?.close();
  }

  async function attempt(again = true) {
    const old = reset();
    old?.close();
    const mine = generation;
    if (state.kind !== 'offline') setState({ kind: 'connecting' });
    const prepared = await deps.prepare();
    if (mine !== generation) return;
    if (!prepared.ok) return lost(prepared.error, again);
    const blocked = deps.https && socketFailures >= BLOCKED_AFTER;
    const open = blocked && deps.https ? deps.https : deps.websocket;
    let opened = false;
    transport = open(prepared.auth, {
      onOpen() {
        if (mine !== generation || !transport) return;
        opened = true;
        aheadSince = null;
        if (transport.kind === 'websocket') socketFailures = 0;
        else upgrade = ports.setTimeout(() => tryUpgrade(prepared.auth), UPGRADE_MS);
        steady = ports.setTimeout(() => {
          failures = 0;
        }, STEADY_MS);
        setState({ kind: 'online', transport: transport.kind });
        deps.onOnline();
      },
      onLost(error) {
        if (mine !== generation) return;
        if (!opened && !error) socketFailures = blocked ? 0 : socketFailures + 1;
        lost(error, again);
      },
      onPush(name, payload) {
        if (mine === generation) deps.onPush(name, payload);
      },
    });
  }

  /** HTTPS goes on until the socket stands. */
  function tryUpgrade(auth: Record<string, unknown>) {
    trial = deps.websocket(auth, {
      onOpen() {
        socketFailures = 0;
        void attempt();
      },
      onLost() {
        trial = null;
        upgrade = ports.setTimeout(() => tryUpgrade(auth), UPGRADE_MS);
      },
      onPush() {},
    });
  }

  function kick() {
    if (state.kind === 'offline' || state.kind === 'refused') {
      failures = 0;
      void attempt();
    }
  }

  function start() {
    if (state.kind !== 'idle') return;
    stopListening = ports.onNetwork?.((online) => {
      if (online) kick();
      // Only a hint: the line may well live (a desk on this very machine).
      else void transport?.call(deps.probe.name, deps.probe.input, PROBE_MS);
    });
    void attempt();
  }

  return {
    start,
    kick,
    restart() {
      if (state.kind === 'idle') return;
      failures = 0;
      setState({ kind: 'connecting' });
      void attempt();
    },
    stop() {
      const old = reset();
      stopListening?.();
      stopListening = undefined;
      setState({ kind: 'idle' });
      old?.close();
    },
    isOnline: () => state.kind === 'online',
    call: (name, input) =>
      state.kind === 'online' && transport
        ? transport.call(name, input)
        : Promise.resolve(failed(LOST)),
  };
}
