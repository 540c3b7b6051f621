/**
 * Every expected failure, once: stable code, HTTP status, whether the same call may be repeated,
 * and an English text that says what to do (screens translate by code).
 */
export const ERRORS = {
  invalid_input: {
    status: 400,
    retry: false,
    text: 'The request is not of the expected form; see issues for the places.',
  },
  text_empty: { status: 400, retry: false, text: 'The message is empty; write something first.' },
  text_too_long: {
    status: 413,
    retry: false,
    text: 'The message is longer than 8 KB; send it in parts.',
  },
  text_malformed: {
    status: 400,
    retry: false,
    text: 'The message holds characters that cannot be stored (NUL or half a surrogate pair); remove them.',
  },
  id_out_of_range: {
    status: 400,
    retry: false,
    text: 'The id was made by a clock more than a day off; set the clock right.',
  },
  unauthenticated: { status: 401, retry: false, text: 'Sign in and try again.' },
  token_invalid: {
    status: 401,
    retry: false,
    text: 'The token is not valid; start a new visitor session.',
  },
  token_expired: {
    status: 401,
    retry: false,
    text: 'The token has expired; start a new visitor session.',
  },
  identity_invalid: {
    status: 401,
    retry: false,
    text: 'The identity token was refused; sign it with a key of this channel, with exp, aud and kid.',
  },
  forbidden: { status: 403, retry: false, text: 'Your role does not allow this; ask an admin.' },
  origin_refused: {
    status: 403,
    retry: false,
    text: 'This site may not embed this channel; add its origin in the channel settings.',
  },
  not_found: {
    status: 404,
    retry: false,
    text: 'There is no such thing here, or it is not yours to see.',
  },
  conflict: { status: 409, retry: false, text: 'It was changed meanwhile; reload and try again.' },
  already_exists: {
    status: 409,
    retry: false,
    text: 'There is one with that name already; choose another.',
  },
  in_use: {
    status: 409,
    retry: false,
    text: 'It is still used; remove it from where it is used first.',
  },
  conversation_closed: {
    status: 409,
    retry: false,
    text: 'The conversation is closed; start a new one.',
  },
  offer_gone: {
    status: 409,
    retry: false,
    text: 'The offer has expired or went to somebody else.',
  },
  not_owner: { status: 409, retry: false, text: 'The conversation is not yours; take it first.' },
  already_owner: { status: 409, retry: false, text: 'The conversation is yours already.' },
  already_taken: { status: 409, retry: false, text: 'Somebody else serves this conversation.' },
  transfer_to_self: {
    status: 409,
    retry: false,
    text: 'You cannot transfer a conversation to yourself.',
  },
  not_possible_now: {
    status: 409,
    retry: false,
    text: 'This is not possible in the state the conversation is in.',
  },
  at_capacity: {
    status: 409,
    retry: false,
    text: 'That member is at capacity; close or transfer something first.',
  },
  member_unavailable: {
    status: 409,
    retry: false,
    text: 'That member is not available; choose another or a queue.',
  },
  already_set_up: { status: 409, retry: false, text: 'This desk is set up already; sign in.' },
  protocol_outdated: {
    status: 426,
    retry: false,
    text: 'This page is too old for the server; reload it.',
  },
  protocol_ahead: {
    status: 503,
    retry: true,
    text: 'This node does not know the page’s protocol yet; another one may.',
  },
  rate_limited: { status: 429, retry: true, text: 'Too fast; try again in a moment.' },
  overloaded: { status: 503, retry: true, text: 'The server is busy; it will be tried again.' },
  unavailable: {
    status: 503,
    retry: true,
    text: 'The desk cannot be reached right now; it will be tried again.',
  },
  timeout: { status: 504, retry: true, text: 'It took too long; it will be tried again.' },
  internal: { status: 500, retry: true, text: 'Something went wrong here; it has been logged.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A place in the input and what to do about it. */
export interface Issue {
  path: string;
  message: string;
}

export interface WireError {
  code: ErrorCode;
  message: string;
  /** Only with codes that may be repeated: repeat with the same key after this many ms (D7). */
  retryAfterMs?: number;
  issues?: Issue[];
}

/** Sent away by the thousand when there is least time for it: nobody reads where such a one was made. */
const TRACELESS: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'overloaded']);

/** An expected failure. Thrown by commands, mapped once at each edge. */
export class ParlourError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly issues: Issue[] | undefined;

  constructor(
    code: ErrorCode,
    details: { retryAfterMs?: number; issues?: Issue[]; cause?: unknown } = {},
  ) {
    // V8 collects the stack in the constructor; other engines do not know the limit. 9 µs less of 10.
    const { stackTraceLimit } = Error;
    if (TRACELESS.has(code)) Error.stackTraceLimit = 0;
    super(ERRORS[code].text, details.cause === undefined ? undefined : { cause: details.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ParlourError';
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.issues = details.issues;
  }

  toWire(): WireError {
    const wire: WireError = { code: this.code, message: this.message };
    if (ERRORS[this.code].retry) wire.retryAfterMs = this.retryAfterMs ?? 1000;
    if (this.issues) wire.issues = this.issues;
    return wire;
  }
}
