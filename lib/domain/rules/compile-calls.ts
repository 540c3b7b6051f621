import { readDuration, readTimestamp } from './calendar.ts';
import { textOf } from './check-calls.ts';
import type { Compiling, Run } from './compile.ts';
import type { KindOf } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { isMap } from './guarded.ts';
import { operand } from './operand.ts';
import { countCodePoints } from './text-order.ts';
import { dayNumber, localTime, minuteOfDay, weekday, zoneOf } from './zones.ts';

type Call = KindOf<'call'>;

export function compileCall(c: Compiling, call: Call): Run {
  switch (call.name) {
    case 'size':
      return compileSize(c, call);
    case 'duration': {
      const value = readDuration(textOf(call.args[0]) ?? '');
      return () => value;
    }
    case 'timestamp': {
      const value = readTimestamp(textOf(call.args[0]) ?? '');
      return () => value;
    }
    case 'timeOfDay':
      return zoned(c, call, minuteOfDay);
    case 'dayOfWeek':
      return zoned(c, call, weekday);
    case 'dateOf':
      return zoned(c, call, dayNumber);
    case 'startsWith':
      return textual(c, call, (text, part) => text.startsWith(part));
    case 'endsWith':
      return textual(c, call, (text, part) => text.endsWith(part));
    case 'contains':
      return compileContains(c, call);
    default:
      return call.name satisfies never;
  }
}

/** The checker has counted the arguments. */
function argument(call: Call, at: number) {
  const arg = call.args[at];
  if (!arg) throw new Error(`${call.name} was compiled without its arguments`);
  return arg;
}

function compileSize(c: Compiling, call: Call): Run {
  const run = c.run(argument(call, 0));
  const wrong = new RuleFailure('wrong_type', call.span);
  const tooMuch = new RuleFailure('too_much_work', call.span);
  const work = c.work();
  return (scope) => {
    const value = run(scope);
    if (typeof value === 'string')
      return work.take(value.length) ? countCodePoints(value) : tooMuch;
    if (Array.isArray(value)) return value.length;
    if (value instanceof RuleFailure) return value;
    return isMap(value) ? Object.keys(value).length : wrong;
  };
}

function textual(c: Compiling, call: Call, ask: (text: string, part: string) => boolean): Run {
  const first = operand(c, argument(call, 0));
  const second = operand(c, argument(call, 1));
  return (scope) => {
    const text = first.run(scope);
    if (typeof text !== 'string') return first.failing(text);
    const part = second.run(scope);
    return typeof part === 'string' ? ask(text, part) : second.failing(part);
  };
}

/** At worst a search compares every place with every letter; that product is bounded. */
function compileContains(c: Compiling, call: Call): Run {
  const first = operand(c, argument(call, 0));
  const second = operand(c, argument(call, 1));
  const tooMuch = new RuleFailure('too_much_work', call.span);
  const work = c.work();
  return (scope) => {
    const text = first.run(scope);
    if (typeof text !== 'string') return first.failing(text);
    const part = second.run(scope);
    if (typeof part !== 'string') return second.failing(part);
    return work.take(text.length * part.length) ? text.includes(part) : tooMuch;
  };
}

function zoned(c: Compiling, call: Call, read: (local: number) => number): Run {
  const instant = operand(c, argument(call, 0));
  const place = argument(call, 1);
  const fixed = zoneOf(textOf(place) ?? '');
  const zoneName = c.run(place);
  const unknown = new RuleFailure('unknown_time_zone', call.span);
  const overflow = new RuleFailure('overflow', call.span);
  return (scope) => {
    const at = instant.run(scope);
    if (typeof at !== 'number') return instant.failing(at);
    let zone = fixed;
    if (!zone) {
      const name = zoneName(scope);
      if (typeof name !== 'string') return name;
      zone = zoneOf(name);
      if (!zone) return unknown;
    }
    const local = localTime(zone, at);
    return local === null ? overflow : read(local);
  };
}
