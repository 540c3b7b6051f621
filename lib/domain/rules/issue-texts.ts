type Params = Readonly<Record<string, string>>;
type Text = (params: Params) => { message: string; hint: string };

const didYouMean = ({ suggestion }: Params, otherwise: string): string =>
  suggestion ? `Did you mean ${suggestion}?` : otherwise;

const say =
  (message: string, hint: string): Text =>
  () => ({ message, hint });

/** Every issue by its stable code. */
export const ISSUE_TEXTS = {
  too_long: ({ most }) => ({
    message: `The condition is longer than ${most} characters.`,
    hint: 'Split it over several transitions or rules.',
  }),
  too_many_parts: ({ most }) => ({
    message: `The condition has more than ${most} parts.`,
    hint: 'Split it over several transitions or rules.',
  }),
  too_deep: ({ most }) => ({
    message: `Something is nested or repeated more than ${most} times.`,
    hint: 'Take brackets away, or join conditions with && and || instead.',
  }),
  literal_too_long: ({ most }) => ({
    message: `A literal is longer than ${most}.`,
    hint: 'Shorten it.',
  }),
  character_not_allowed: ({ character, instead }) => ({
    message: `The character ${character} has no meaning here.`,
    hint: instead ? `Write ${instead}` : 'Take it away, or put it in quotes.',
  }),
  hidden_character: ({ character }) => ({
    message: `The condition contains the invisible character ${character}.`,
    hint: 'Take it away, or write it as an escape such as \\u200b.',
  }),
  unterminated_text: say('A text has no closing quote.', 'Close it on the same line.'),
  bad_escape: ({ escape: found }) => ({
    message: `${found} means nothing in a text.`,
    hint: 'A backslash itself is written \\\\, a quote \\".',
  }),
  syntax: ({ expected, found }) => ({
    message: expected ? `Expected ${expected}, found ${found}.` : `${found} is not expected here.`,
    hint: 'Look for a missing operand, bracket or comma before this place.',
  }),
  chained_comparison: say(
    'Comparisons cannot be chained.',
    'Write 1 < x && x < 5, or put brackets around one comparison.',
  ),
  number_out_of_range: ({ least, most }) => ({
    message: `Whole numbers go from ${least} to ${most}.`,
    hint: 'Write a decimal (1e20) if it need not be exact.',
  }),
  not_available: ({ feature, instead }) => ({
    message: `${feature} cannot be used in conditions.`,
    hint: instead || 'Use comparisons, && || !, + - * / %, ?:, in, has() and the listed functions.',
  }),
  unknown_name: (params) => ({
    message: `There is no ${params.name}.`,
    hint: didYouMean(params, `Choose one of: ${params.known || 'none here'}.`),
  }),
  unknown_function: (params) => ({
    message: `There is no function ${params.name}.`,
    hint: didYouMean(params, `Choose one of: ${params.known}.`),
  }),
  wrong_argument_count: ({ name, expected }) => ({
    message: `${name} takes other arguments.`,
    hint: `Write ${expected}.`,
  }),
  wrong_type: ({ what, expected, found }) => ({
    message: `${what} must be ${expected}, not ${found}.`,
    hint: `Put ${expected} here, or compare it with something first.`,
  }),
  not_comparable: ({ op, left, right }) => ({
    message: `${left} and ${right} cannot be put together with ${op}.`,
    hint: 'Compare or combine values of one type.',
  }),
  mixed_numbers: ({ op, left, right }) => ({
    message: `${op} does not mix whole and decimal numbers (${left} and ${right}).`,
    hint: 'Write both the same way: 2.0 instead of 2 beside a decimal or a custom attribute.',
  }),
  never_null: ({ type }) => ({
    message: `A value of type ${type} is never null.`,
    hint: 'To ask whether it is there, write has(…).',
  }),
  unknown_value: (params) => ({
    message: `It is never "${params.value}".`,
    hint: didYouMean(params, `Choose one of: ${params.known}.`),
  }),
  mixed_list: ({ first, other }) => ({
    message: `A list holds values of one type; this one holds ${first} and ${other}.`,
    hint: 'Make two lists, joined with ||.',
  }),
  not_a_value: ({ name }) => ({
    message: `${name} is a group of fields, not a value.`,
    hint: 'Write one of its fields after a dot.',
  }),
  has_argument: say('has() asks for a field.', 'Write has(x.y).'),
  always_there: ({ name }) => ({
    message: `${name} is always there.`,
    hint: 'has() of it is always true; take it away.',
  }),
  literal_required: ({ name }) => ({
    message: `${name}() takes a text in quotes.`,
    hint: `Write ${name === 'duration' ? 'duration("5m")' : 'timestamp("2026-01-31T09:00:00Z")'}.`,
  }),
  bad_duration: ({ value }) => ({
    message: `"${value}" is not a duration.`,
    hint: 'Write hours, minutes and seconds: "1h30m", "45s", "500ms"; two days are "48h".',
  }),
  bad_timestamp: ({ value }) => ({
    message: `"${value}" is not a point in time.`,
    hint: 'Write "2026-01-31T09:00:00Z" or with an offset "2026-01-31T17:00:00+08:00".',
  }),
  bad_time: ({ value }) => ({
    message: `"${value}" is not a time of day.`,
    hint: 'Write hours and minutes with two digits each: "09:00".',
  }),
  bad_date: ({ value }) => ({
    message: `"${value}" is not a date.`,
    hint: 'Write year, month and day: "2026-10-01".',
  }),
  unknown_time_zone: ({ value }) => ({
    message: `There is no time zone "${value}".`,
    hint: 'Write a place such as "Asia/Shanghai", or "UTC".',
  }),
  not_yes_or_no: ({ found }) => ({
    message: `A condition is true or false; this one gives ${found}.`,
    hint: 'Compare it with something: == or >.',
  }),
  maybe_absent: ({ name }) => ({
    message: `${name} is not always there; without it the condition fails.`,
    hint: `Write has(${name}) && …`,
  }),
  always_true: say('The condition is always true.', 'Take it away.'),
  always_false: say('The condition is always false.', 'What it guards never happens.'),
  always_fails: say('The condition can never be worked out.', 'It counts as false; correct it.'),
} as const satisfies Record<string, Text>;

export type IssueCode = keyof typeof ISSUE_TEXTS;

export const WARNINGS: ReadonlySet<IssueCode> = new Set<IssueCode>([
  'maybe_absent',
  'always_there',
  'always_true',
  'always_false',
  'always_fails',
]);
