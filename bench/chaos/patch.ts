/** A change of one place in one file of the source. */
export interface Patch {
  /** Relative to the checkout. */
  file: string;
  /** Stands exactly once in the file. A pattern for the head of a function, whose body may change. */
  from: string | RegExp;
  /** `$&` is what was found. */
  to: string;
}

/** @throws when the text to patch is not there exactly once: the source moved on, the patch has to follow */
export function applyPatch(source: string, { file, from, to }: Patch): string {
  const found =
    typeof from === 'string'
      ? source.split(from).length - 1
      : [...source.matchAll(new RegExp(from, 'g'))].length;
  if (found !== 1)
    throw new Error(`${file} has ${found} times what another build changes: ${from}`);
  return typeof from === 'string' ? source.replace(from, () => to) : source.replace(from, to);
}
