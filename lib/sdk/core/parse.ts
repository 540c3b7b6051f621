/** What of an array can be read; one odd entry of a newer server costs itself only. */
export function arrayOf<T>(value: unknown, read: (entry: unknown) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  const found: T[] = [];
  for (const entry of value) {
    const item = read(entry);
    if (item !== null) found.push(item);
  }
  return found;
}

/** The fields of a payload; empty for anything that is no object. */
export function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
