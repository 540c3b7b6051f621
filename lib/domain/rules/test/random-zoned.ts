import fc from 'fast-check';

const ZONES = ['Asia/Shanghai', 'UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Questions about the wall clock, which CEL itself asks otherwise: ours and how it would put them. */
const THEIRS = new Map<string, string>();

function pair(ours: string, theirs: string): string {
  THEIRS.set(ours, theirs);
  return `(${ours})`;
}

const instants = fc.constantFrom('now', 'event.at');
const zones = fc.constantFrom(...ZONES);
const ops = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');

const timeOfDay = fc
  .tuple(instants, zones, ops, fc.integer({ min: 0, max: 24 * 60 }))
  .map(([at, zone, op, minutes]) => {
    const clock = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    const theirs = `(${at}.getHours("${zone}") * 60 + ${at}.getMinutes("${zone}"))`;
    return pair(`timeOfDay(${at}, "${zone}") ${op} "${clock}"`, `${theirs} ${op} ${minutes}`);
  });

const dayOfWeek = fc
  .tuple(instants, zones, ops, fc.integer({ min: 1, max: 7 }))
  .map(([at, zone, op, day]) =>
    pair(
      `dayOfWeek(${at}, "${zone}") ${op} ${day}`,
      `((${at}.getDayOfWeek("${zone}") + 6) % 7 + 1) ${op} ${day}`,
    ),
  );

const dateOf = fc
  .tuple(instants, zones, ops, fc.integer({ min: 0, max: 25_000 }))
  .map(([at, zone, op, days]) => {
    const date = new Date(days * 86_400_000);
    const parts = ['getFullYear', 'getMonth', 'getDate'].map((get) => `${at}.${get}("${zone}")`);
    const number = `((${parts[0]} * 100 + ${parts[1]}) * 100 + ${parts[2]})`;
    const than = (date.getUTCFullYear() * 100 + date.getUTCMonth()) * 100 + date.getUTCDate();
    const text = date.toISOString().slice(0, 10);
    return pair(`dateOf(${at}, "${zone}") ${op} "${text}"`, `${number} ${op} ${than}`);
  });

export const zonedQuestions = fc.oneof(timeOfDay, dayOfWeek, dateOf);

const QUESTION =
  /(?:timeOfDay|dayOfWeek|dateOf)\([\w.]+, "[\w/]+"\) (?:[=!<>]=|[<>]) (?:"[\d:-]+"|\d)/g;

/** Printed text of ours as CEL without our functions. */
export const inTheirWords = (printed: string): string =>
  printed.replace(QUESTION, (ours) => {
    const theirs = THEIRS.get(ours);
    if (!theirs) throw new Error(`never asked: ${ours}`);
    return `(${theirs})`;
  });
