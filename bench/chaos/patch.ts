/** A change of one place in one file of the source. */
export interface Patch {
  /** Relative to the checkout. */
  file: string;
  /** Stands exactly once in the file. */
  from: string;
  to: string;
}

/** @throws when the text to patch is not there exactly once: the source moved on, the patch has to follow */
export function applyPatch(source: string, { file, from, to }: Patch): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} times what another build changes: ${from}`);
  }
  return parts.join(to);
}
