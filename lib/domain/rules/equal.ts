import type { Scope } from './compile.ts';
import { isMap } from './guarded.ts';
import { WORK_LIMITS } from './limits.ts';
import type { Work } from './work.ts';

/**
 * Equality of values as JSON has them: numbers by value whatever their type, lists by items, maps by
 * entries, otherwise false.
 * @returns null when it would take more than WORK_LIMITS
 */
export function equal(a: unknown, b: unknown, work: Work): boolean | null {
  if (a === b) return true;
  return typeof a === 'object' ? new Comparing(work).equal(a, b, 0) : false;
}

/** Whether a list holds a value. @returns null when it would take more than WORK_LIMITS */
export function holdsValue(list: readonly unknown[], value: unknown, work: Work): boolean | null {
  const comparing = new Comparing(work);
  for (const item of list) {
    const same = comparing.equal(item, value, 0);
    if (same !== false) return same;
  }
  return false;
}

class Comparing {
  private readonly work: Work;
  constructor(work: Work) {
    this.work = work;
  }

  equal(a: unknown, b: unknown, depth: number): boolean | null {
    if (!this.work.take(WORK_LIMITS.compared) || depth > WORK_LIMITS.depth) return null;
    if (a === b) return true;
    if (Array.isArray(a)) return Array.isArray(b) ? this.lists(a, b, depth) : false;
    return isMap(a) && isMap(b) ? this.maps(a, b, depth) : false;
  }

  private lists(a: unknown[], b: unknown[], depth: number): boolean | null {
    if (a.length !== b.length) return false;
    for (let at = 0; at < a.length; at++) {
      const same = this.equal(a[at], b[at], depth + 1);
      if (same !== true) return same;
    }
    return true;
  }

  private maps(a: Scope, b: Scope, depth: number): boolean | null {
    const entries = Object.entries(a);
    if (entries.length !== Object.keys(b).length) return false;
    for (const [key, value] of entries) {
      if (!Object.hasOwn(b, key)) return false;
      const same = this.equal(value, b[key], depth + 1);
      if (same !== true) return same;
    }
    return true;
  }
}
