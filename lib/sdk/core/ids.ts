/**
 * UUIDv7 (RFC 9562) that only ever grows within one maker, so that keys sort in the order of
 * writing: 48 bit of ms, then a 12 bit counter (rand_a) that a burst within one ms steps, then chance.
 */
export interface IdMaker {
  make(): string;
  /** Everything made from now on sorts behind this one (kept from before a reload, or by a clock set back). */
  observe(id: string): void;
}

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

export function createIds(now: () => number): IdMaker {
  let ms = 0;
  let counter = 0;
  return {
    make() {
      const at = Math.floor(now());
      if (at > ms) {
        ms = at;
        counter = 0;
      } else if (++counter > 0xfff) {
        ms++;
        counter = 0;
      }
      const chance = crypto.getRandomValues(new Uint8Array(8));
      chance[0] = ((chance[0] ?? 0) & 0x3f) | 0x80;
      const tail = Array.from(chance, (byte) => byte.toString(16).padStart(2, '0')).join('');
      const head = ms.toString(16).padStart(12, '0');
      const count = counter.toString(16).padStart(3, '0');
      return `${head.slice(0, 8)}-${head.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
    },
    observe(id) {
      if (!UUID7.test(id)) return;
      const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
      const count = Number.parseInt(id.slice(15, 18), 16);
      if (at > ms || (at === ms && count > counter)) {
        ms = at;
        counter = count;
      }
    },
  };
}
