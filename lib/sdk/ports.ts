import type { WireError } from '#lib/protocol/errors.ts';

/** Time, chance and network; replaced in tests. */
export interface ClientPorts {
  /** ms since the epoch */
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  /** [0, 1) */
  random(): number;
  fetch: typeof fetch;
  /** The browser's hints; absent outside one. */
  onNetwork?(listener: (online: boolean) => void): () => void;
  openSocket(request: SocketRequest): SocketPort;
}

export interface SocketRequest {
  /** Origin and namespace, e.g. `https://desk.example/visitor`. */
  url: string;
  auth: Record<string, unknown>;
  onConnect(): void;
  /** `error`: the server's refusal of the handshake, null for a network failure. */
  onDisconnect(error: WireError | null): void;
  onPush(name: string, payload: unknown): void;
}

export interface SocketPort {
  /** Calls back once with the reply; never after `close`. */
  emit(envelope: { name: string; input: unknown }, ack: (reply: unknown) => void): void;
  close(): void;
}
