/** Room for one message each: 22 bytes in typed arrays that double when full. */
export class Books {
  /** Messages begun. */
  count = 0;
  talk = new Int32Array(1 << 16);
  /** Acknowledged public seq; 0: not yet; -1: refused. */
  seq = new Int32Array(1 << 16);
  /** When it was to be sent, by performance.now(). ms */
  intended = new Float64Array(1 << 16);
  /** Bits: shown to the agent, shown to the visitor. */
  shown = new Uint8Array(1 << 16);

  begin(talk: number, intended: number): number {
    const number = this.count++;
    if (number === this.talk.length) this.#grow();
    this.talk[number] = talk;
    this.intended[number] = intended;
    return number;
  }

  #grow(): void {
    const size = this.talk.length * 2;
    const grown = <T extends { set(from: T): void }>(make: new (size: number) => T, from: T): T => {
      const to = new make(size);
      to.set(from);
      return to;
    };
    this.talk = grown(Int32Array, this.talk);
    this.seq = grown(Int32Array, this.seq);
    this.intended = grown(Float64Array, this.intended);
    this.shown = grown(Uint8Array, this.shown);
  }
}

export const TO_AGENT = 1;
export const TO_VISITOR = 2;
