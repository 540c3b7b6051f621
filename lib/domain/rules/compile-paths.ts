import type { Compiling, Run, Scope } from './compile.ts';
import type { Expression, KindOf, Span } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { guarded, isMap } from './guarded.ts';
import { pairReaderOf, readerOf } from './readers.ts';

/** The names of a declared field from the scope down; null when something else stands before a dot. */
export function declaredPath(c: Compiling, expression: Expression): string[] | null {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind !== 'select' || c.typeOf(expression.of).kind !== 'object') return null;
  const before = declaredPath(c, expression.of);
  return before && [...before, expression.field];
}

const isGroup = (value: unknown): value is Scope => typeof value === 'object' && value !== null;

/**
 * What stands at a declared path, undefined when something on the way is not there. The schema has
 * refused every name that objects inherit, so that a plain read finds own properties only.
 */
export function rawPath(path: readonly string[]): Run {
  const [first = '', second = '', ...rest] = path;
  if (path.length === 1) return readerOf(first);
  const start = pairReaderOf(first, second);
  if (rest.length === 0) return start;
  const readers = rest.map(readerOf);
  return (scope) => {
    let value = start(scope);
    for (const read of readers) value = isGroup(value) ? read(value) : undefined;
    return value;
  };
}

function compilePath(c: Compiling, expression: Expression, path: readonly string[]): Run {
  return guarded(rawPath(path), c.typeOf(expression), expression.span);
}

export const compileName = (c: Compiling, name: KindOf<'name'>): Run =>
  compilePath(c, name, [name.name]);

export function compileSelect(c: Compiling, select: KindOf<'select'>): Run {
  const path = declaredPath(c, select);
  if (path) return compilePath(c, select, path);
  const { field, span } = select;
  // A plain read finds what an object inherits; only for these names there is something.
  if (field in Object.prototype) return entry(c, select, (map) => ownEntry(map, field), span);
  return entry(c, select, readerOf(field), span);
}

/** An entry under a key that came from text or data: own keys only. */
const ownEntry = (map: Scope, key: string): unknown =>
  Object.hasOwn(map, key) ? map[key] : undefined;

/** What `pick` finds in a map or an unknown value left of a dot or bracket. */
function entry(
  c: Compiling,
  node: KindOf<'select' | 'index'>,
  pick: (map: Scope) => unknown,
  span: Span,
): Run {
  const of = c.run(node.of);
  const wrong = new RuleFailure('wrong_type', span);
  const missing = new RuleFailure('no_such_key', span);
  const found: Run = (scope) => {
    const map = of(scope);
    if (!isMap(map)) return map instanceof RuleFailure ? map : wrong;
    const value = pick(map);
    return value === undefined ? missing : value;
  };
  return guarded(found, c.typeOf(node), span);
}

export function compileIndex(c: Compiling, index: KindOf<'index'>): Run {
  const { of, key, span } = index;
  const runOf = c.run(of);
  const runKey = c.run(key);
  const wrong = new RuleFailure('wrong_type', span);
  const missing = new RuleFailure('no_such_key', span);
  const outside = new RuleFailure('index_out_of_range', span);
  const found: Run = (scope) => {
    const whole = runOf(scope);
    if (whole instanceof RuleFailure) return whole;
    const at = runKey(scope);
    if (at instanceof RuleFailure) return at;
    if (Array.isArray(whole)) {
      if (typeof at !== 'number' || !Number.isInteger(at)) return wrong;
      return at >= 0 && at < whole.length ? (whole[at] ?? null) : outside;
    }
    if (!isMap(whole)) return wrong;
    const value = typeof at === 'string' ? ownEntry(whole, at) : undefined;
    return value === undefined ? missing : value;
  };
  return guarded(found, c.typeOf(index), span);
}

export function compileHas(c: Compiling, { of, field, span }: KindOf<'has'>): Run {
  const path = declaredPath(c, of);
  if (path && c.typeOf(of).kind === 'object') {
    const group = rawPath(path);
    const read = readerOf(field);
    const absent = new RuleFailure('absent', span);
    return (scope) => {
      const found = group(scope);
      if (!isGroup(found)) return absent;
      const value = read(found);
      return value !== undefined && value !== null;
    };
  }
  const map = c.run(of);
  return (scope) => {
    const found = map(scope);
    if (found instanceof RuleFailure) return found;
    // Behind what has no fields there is none, as cel-go has it.
    return isMap(found) && Object.hasOwn(found, field);
  };
}
