export interface Difference {
  /** Dotted path of the field. */
  field: string;
  before: string | null;
  after: string | null;
}

/** Fields that differ between two recorded values, in the order of their names. */
export function differences(before: unknown, after: unknown): Difference[] {
  const old = flatten(before);
  const now = flatten(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((field) => ({ field, before: old.get(field) ?? null, after: now.get(field) ?? null }))
    .filter((d) => d.before !== d.after);
}

function flatten(value: unknown, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  if (value === null || value === undefined) return flat;
  if (typeof value !== 'object') return flat.set(prefix || '·', String(value));
  if (Array.isArray(value)) return flat.set(prefix, value.map(String).join(', '));
  for (const [key, inner] of Object.entries(value)) {
    for (const [k, v] of flatten(inner, prefix ? `${prefix}.${key}` : key)) flat.set(k, v);
  }
  return flat;
}
