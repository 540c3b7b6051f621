import { expire, type Waiting } from './append-queue.ts';

/** Waits for a lock no longer than this at first, twice as long each further time. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

/** What one attempt left over, in order; `held`: somebody still holds the conversation. */
export interface LaneLeft {
  waiting: Waiting[];
  held: boolean;
}

/** Tries a conversation's items; a lock is waited for at most `lockTimeoutMs`. Never rejects. */
type Attempt = (waiting: Waiting[], lockTimeoutMs: number) => Promise<LaneLeft>;

/**
 * Conversations whose row somebody else holds, each in order in a lane of its own, so that they stall
 * nobody else. At most `width` of them occupy a connection at a time.
 */
export class Lanes {
  #lanes = new Map<string, Waiting[]>();
  #free: number;
  #turns: (() => void)[] = [];
  readonly #attempt: Attempt;

  constructor(width: number, attempt: Attempt) {
    this.#free = width;
    this.#attempt = attempt;
  }

  has(conversationId: string): boolean {
    return this.#lanes.has(conversationId);
  }

  /** Items in lanes that are not being tried this moment. */
  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.length;
    return size;
  }

  get idle(): boolean {
    return this.#lanes.size === 0;
  }

  /** Adds behind what is in the conversation's lane, which is opened when there is none. */
  push(conversationId: string, one: Waiting): void {
    const lane = this.#lanes.get(conversationId);
    if (lane) {
      lane.push(one);
      return;
    }
    const opened = [one];
    this.#lanes.set(conversationId, opened);
    void this.#run(conversationId, opened);
  }

  async #run(conversationId: string, lane: Waiting[]): Promise<void> {
    let lockTimeoutMs = FIRST_WAIT_MS;
    // The lane is taken down in the same turn in which it is found empty: nothing slips in between.
    while (lane.length > 0) {
      await this.#turn();
      let held = false;
      try {
        const alive = expire(lane.splice(0), performance.now());
        if (alive.length > 0) {
          const left = await this.#attempt(alive, lockTimeoutMs);
          held = left.held;
          lane.unshift(...left.waiting);
        }
      } finally {
        this.#leave();
      }
      if (held) {
        await new Promise((resolve) => setTimeout(resolve, lockTimeoutMs / 4));
        lockTimeoutMs = Math.min(2 * lockTimeoutMs, LONGEST_WAIT_MS);
      }
    }
    this.#lanes.delete(conversationId);
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#turns.push(resolve));
  }

  #leave(): void {
    const next = this.#turns.shift();
    if (next) next();
    else this.#free += 1;
  }
}
