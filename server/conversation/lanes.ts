import { expire, type Waiting } from './append-queue.ts';

/** A lock is waited for this long the first time; most are held for a commit's length only. */
const FIRST_WAIT_MS = 100;
/** Later, all lanes together look around once in about this time, however many they are. */
const ROUND_MS = 2_000;
const WAIT_MS = { least: 20, most: 1_000 } as const;

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
  /** Lanes that were found held take at most half of the places: the others move on beside them. */
  #freeForHeld: number;
  #turns: (() => void)[] = [];
  #heldTurns: (() => void)[] = [];
  readonly #attempt: Attempt;

  constructor(width: number, attempt: Attempt) {
    this.#free = width;
    this.#freeForHeld = Math.ceil(width / 2);
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

  /** Takes out what came to a lane during the attempt it is in. */
  take(conversationId: string): Waiting[] {
    return this.#lanes.get(conversationId)?.splice(0) ?? [];
  }

  async #run(conversationId: string, lane: Waiting[]): Promise<void> {
    let held = false;
    // The lane is taken down in the same turn in which it is found empty: nothing slips in between.
    while (lane.length > 0) {
      const again = held;
      await this.#enter(again);
      try {
        const alive = expire(lane.splice(0), performance.now());
        if (alive.length > 0) {
          const left = await this.#attempt(alive, again ? this.#share() : FIRST_WAIT_MS);
          held = left.held;
          lane.unshift(...left.waiting);
        }
      } finally {
        this.#leave(again);
      }
      if (held) await new Promise((resolve) => setTimeout(resolve, WAIT_MS.least));
    }
    this.#lanes.delete(conversationId);
  }

  /** How long one held lane may wait, so that the round stays short when many are held. */
  #share(): number {
    const share = ROUND_MS / Math.max(1, this.#lanes.size);
    return Math.min(WAIT_MS.most, Math.max(WAIT_MS.least, share));
  }

  async #enter(held: boolean): Promise<void> {
    if (this.#free > 0 && (!held || this.#freeForHeld > 0)) {
      this.#free -= 1;
      if (held) this.#freeForHeld -= 1;
      return;
    }
    // Whoever leaves hands over the place, counts included.
    await new Promise<void>((resolve) => (held ? this.#heldTurns : this.#turns).push(resolve));
  }

  #leave(held: boolean): void {
    this.#free += 1;
    if (held) this.#freeForHeld += 1;
    const next = this.#turns.shift();
    if (next) {
      this.#free -= 1;
      next();
    } else if (this.#freeForHeld > 0 && this.#heldTurns.length > 0) {
      this.#free -= 1;
      this.#freeForHeld -= 1;
      this.#heldTurns.shift()?.();
    }
  }
}
