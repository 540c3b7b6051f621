import type { ConversationRecord } from './records.ts';

/** A row as this node knows it. */
export interface KnownRow {
  record: ConversationRecord;
  /** The row's xmin: the transaction that wrote it as it is here. NEVER: overtaken by somebody. */
  version: number;
  /** Nobody else wrote to it between our last two looks: it is worth writing without looking first. */
  alone: boolean;
  /** Client ids of the last few messages this node wrote plainly: a repeat goes the whole way at once. */
  recent: readonly string[];
}

const FEW_KEYS = 8;
const NO_KEYS: readonly string[] = [];

/** No row has it: xmin of a row is at least 3 (FirstNormalTransactionId). */
const NEVER = 0;

/**
 * Rows of conversations this node wrote to lately, so that a plain message need not read them first.
 * Never trusted: every write names the version it rests on, and a row of another version is read
 * under its lock. At most `2 × size` of them, about 1.5 KB each; who was not asked for during a whole
 * generation goes.
 */
export class KnownRows {
  #young = new Map<string, KnownRow>();
  #old = new Map<string, KnownRow>();
  /** When the server that said all this was started, s since the epoch. */
  #server: number | null = null;
  readonly #size: number;

  constructor(size = 10_000) {
    this.#size = size;
  }

  get(conversationId: string): KnownRow | undefined {
    const young = this.#young.get(conversationId);
    if (young) return young;
    const old = this.#old.get(conversationId);
    if (old) this.#keep(conversationId, old);
    return old;
  }

  /** As written by us, resting on the version we knew, with these client ids. */
  wrote(
    conversationId: string,
    record: ConversationRecord,
    version: number,
    keys: readonly string[],
  ): void {
    const before = this.#young.get(conversationId) ?? this.#old.get(conversationId);
    const recent = [...(before?.recent ?? NO_KEYS), ...keys].slice(-FEW_KEYS);
    this.#keep(conversationId, { record, version, alone: true, recent });
  }

  /** As read under its lock at version `found`, and perhaps written by us since. */
  saw(conversationId: string, record: ConversationRecord, found: number | null, version: number) {
    const before = this.get(conversationId);
    const alone = found === null || before === undefined || before.version === found;
    const recent = before?.recent ?? NO_KEYS;
    this.#keep(conversationId, { record, version, alone, recent });
  }

  /** It was not as we knew it, or somebody holds it. */
  overtaken(conversationId: string): void {
    const row = this.get(conversationId);
    if (row) this.#keep(conversationId, { ...row, version: NEVER, alone: false });
  }

  get server(): number | null {
    return this.#server;
  }

  /** Another server (restarted, restored, failed over): its transactions have other meanings. */
  heardFrom(server: number): void {
    if (server === this.#server) return;
    this.#server = server;
    this.clear();
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  #keep(conversationId: string, row: KnownRow): void {
    this.#young.set(conversationId, row);
    if (this.#young.size < this.#size) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
