/** Every decision of a run comes from one seed; each actor draws from a stream of its own name. */
export interface Chance {
  /** [0, 1) */
  random(): number;
  /** True with probability `p`. */
  odds(p: number): boolean;
  /** A whole number of `from` … `to`, both included. */
  between(from: number, to: number): number;
  /** undefined only for an empty list. */
  pick<T>(list: readonly T[]): T | undefined;
  /** One of the names, each as likely as its weight says. */
  weighed<N extends string>(weights: Readonly<Record<N, number>>): N;
  /** A stream of its own: what others draw does not move it. */
  fork(name: string): Chance;
}

/** FNV-1a, so that a name gives every run the same stream. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}

/** mulberry32 */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function createChance(seed: number): Chance {
  const random = stream(seed);
  return {
    random,
    odds: (p) => random() < p,
    between: (from, to) => from + Math.floor(random() * (to - from + 1)),
    pick: (list) => list[Math.floor(random() * list.length)],
    weighed<N extends string>(weights: Readonly<Record<N, number>>): N {
      const entries = Object.entries(weights) as [N, number][];
      let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name;
      }
      const last = entries.at(-1);
      if (!last) throw new Error('nothing to choose from');
      return last[0];
    },
    fork: (name) => createChance(hash(`${seed}/${name}`)),
  };
}
