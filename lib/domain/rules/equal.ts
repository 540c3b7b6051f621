import type { Scope } from './compile.ts';
import { isMap } from './guarded.ts';
import { WORK_LIMITS } from './limits.ts';

/**
 * Equality of values as JSON has them: numbers by value whatever their type, lists by items, maps by
 * entries, otherwise false.
 * @returns null when it would take more than WORK_LIMITS
 */
export function equal(a: unknown, b: unknown): boolean | null {
  return a === b ? true : typeof a !== 'object' ? false : new Comparing().equal(a, b, 0);
}

/** Whether a list holds a value. @returns null when it would take more than WORK_LIMITS */
export function holdsValue(list: readonly unknown[], value: unknown): boolean | null {
  const comparing = new Comparing();
  for (const item of list) {
    const same = comparing.equal(item, value, 0);
    if (same !== false) return same;
  }
  return false;
}

class Comparing {
  private left: number = WORK_LIMITS.compared;

  equal(a: unknown, b: unknown, depth: number): boolean | null {
    if (--this.left < 0 || depth > WORK_LIMITS.depth) return null;
    if (a === b) return true;
    if (Array.isArray(a)) return Array.isArray(b) ? this.lists(a, b, depth) : false;
    return isMap(a) && isMap(b) ? this.maps(a, b, depth) : false;
  }

  private lists(a: unknown[], b: unknown[], depth: number): boolean | null {
    if (a.length !== b.length) return false;
    for (const [at, item] of a.entries()) {
      const same = this.equal(item, b[at], depth + 1);
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
