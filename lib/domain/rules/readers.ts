/**
 * V8 learns how to read a property for each place in the source, not for each closure: one
 * `from[name]` for every name soon knows none of them, and costs 20 ns instead of 2. So every name has
 * a place of its own here, as long as they last; whoever comes later shares the last one.
 */
type From = Readonly<Record<string, unknown>>;
export type Reader = (from: From) => unknown;
/** Before the second name anything may stand: behind null or undefined it finds undefined. */
type ReadTwo = (from: Readonly<Record<string, From | null | undefined>>) => unknown;

// biome-ignore format: one line, one place
const ONE: ((name: string) => Reader)[] = [
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
  (name) => (from) => from[name],
];

// biome-ignore format: one line, one place
const TWO: ((a: string, b: string) => ReadTwo)[] = [
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
  (a, b) => (scope) => scope[a]?.[b],
];

const ones = new Map<string, Reader>();
const twos = new Map<string, Reader>();

/** Reads a property of that name, whoever asked for it first. */
export function readerOf(name: string): Reader {
  const known = ones.get(name);
  if (known) return known;
  const made = ONE[Math.min(ones.size, ONE.length - 1)]?.(name);
  if (!made) throw new Error('there are no readers');
  if (ones.size < ONE.length) ones.set(name, made);
  return made;
}

/** Reads `a.b`; undefined when there is no `a`. */
export function pairReaderOf(a: string, b: string): Reader {
  const path = `${a}.${b}`;
  const known = twos.get(path);
  if (known) return known;
  const made = TWO[Math.min(twos.size, TWO.length - 1)]?.(a, b) as Reader | undefined;
  if (!made) throw new Error('there are no readers');
  if (twos.size < TWO.length) twos.set(path, made);
  return made;
}
