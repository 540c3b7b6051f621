/** Who waits with what, in the order of their turns: who was served goes to the end. */
export class Rota<T> {
  readonly #lines = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(who: string, one: T): void {
    const theirs = this.#lines.get(who);
    if (theirs) theirs.push(one);
    else this.#lines.set(who, [one]);
    this.#size += 1;
  }

  /** null: nobody waits. */
  next(): T | null {
    for (const [who, theirs] of this.#lines) {
      this.#lines.delete(who);
      const one = theirs.shift();
      if (theirs.length > 0) this.#lines.set(who, theirs);
      if (one === undefined) continue;
      this.#size -= 1;
      return one;
    }
    return null;
  }
}
