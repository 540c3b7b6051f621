import type { Run, Scope } from './compile.ts';
import type { Span } from './expression.ts';
import { RuleFailure } from './failure.ts';
import type { ValueType } from './value-types.ts';

/** A plain object, as JSON makes them. */
export const isMap = (value: unknown): value is Scope =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof RuleFailure);

/**
 * Data is looked at where it enters: what is not there or not what the schema says is a failure, so
 * that everything behind may rely on types. One check a read, some ns.
 */
export function guarded(raw: Run, type: ValueType, span: Span): Run {
  const absent = new RuleFailure('absent', span);
  const wrong = new RuleFailure('wrong_type', span);
  const failing = (value: unknown): RuleFailure => {
    if (value instanceof RuleFailure) return value;
    return value === undefined || value === null ? absent : wrong;
  };
  switch (type.kind) {
    case 'string':
      return (scope) => {
        const value = raw(scope);
        return typeof value === 'string' ? value : failing(value);
      };
    case 'double':
      return (scope) => {
        const value = raw(scope);
        return typeof value === 'number' ? value : failing(value);
      };
    case 'bool':
      return (scope) => {
        const value = raw(scope);
        return typeof value === 'boolean' ? value : failing(value);
      };
    default: {
      const isSound = soundness(type);
      return (scope) => {
        const value = raw(scope);
        return isSound(value) ? value : failing(value);
      };
    }
  }
}

/** Whether a value is one of the type. Of lists and maps the content is looked at when it is read. */
function soundness(type: ValueType): (value: unknown) => boolean {
  switch (type.kind) {
    case 'int':
    case 'timestamp':
    case 'duration':
    case 'time':
    case 'date':
      return Number.isSafeInteger;
    case 'list':
      return Array.isArray;
    case 'map':
      return isMap;
    case 'dyn':
      return isJson;
    case 'null':
      return (value) => value === null;
    default:
      return () => false;
  }
}

function isJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return true;
    case 'object':
      return !(value instanceof RuleFailure);
    default:
      return false;
  }
}
