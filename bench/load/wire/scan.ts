/**
 * Reading single fields out of JSON without parsing it. Sound because a quote inside a JSON string is
 * always written `\"`: a pattern such as `"seq":` can only be a key.
 */

/** A key as it stands in JSON, for `fieldAfter`. */
export function key(name: string): Buffer {
  return Buffer.from(`"${name}":`);
}

/** Where the value of the next `name` begins at or after `from`; -1 when there is none before `to`. */
export function valueAt(name: Buffer, chunk: Buffer, from: number, to: number): number {
  const at = chunk.indexOf(name, from);
  return at === -1 || at >= to ? -1 : at + name.length;
}

/** The unsigned number written at `at`. */
export function numberAt(chunk: Buffer, at: number): number {
  let value = 0;
  for (let i = at; ; i += 1) {
    const digit = (chunk[i] as number) - 48;
    if (!(digit >= 0 && digit <= 9)) return value;
    value = value * 10 + digit;
  }
}

export function jsonIn(chunk: Buffer, from: number, to: number): unknown {
  return JSON.parse(chunk.toString('utf8', from, to));
}
