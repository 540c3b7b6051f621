import * as z from 'zod';
import { roleAtLeast } from '#lib/auth/roles.ts';
import { logger } from '#lib/observability/logger.ts';
import { withTrace } from '#lib/observability/trace.ts';
import { startSpan } from '#lib/observability/tracing.ts';
import type { Reply } from '#lib/protocol/envelope.ts';
import { type ErrorCode, ParlourError } from '#lib/protocol/errors.ts';
import type { Ctx } from '#server/conversation/index.ts';
import type { Registry } from '#server/registry.ts';
import { commandEnded, commandSpan } from './command-watch.ts';
import { compiled } from './compiled.ts';
import type { Connection } from './connection.ts';
import { failed, invalidInput } from './failure.ts';
import type { Overload } from './overload.ts';
import type { RateLimiter } from './rate-limit.ts';

const log = logger.child({ scope: 'command' });

export interface DispatchDeps {
  registry: Registry;
  limiter: RateLimiter;
  overload: Overload;
}

/** Who calls, over what. */
export interface Caller {
  ctx: Ctx;
  /** Network address as limits count it. */
  address: string;
  connection: Connection | null;
}

const Envelope = z.object({ name: z.string().max(64), input: z.unknown() });

/**
 * Whether every text inside can be stored: no NUL, no half of a surrogate pair. Depth is bounded by
 * the parser of JSON only, hence no recursion.
 */
export function isStorable(input: unknown): boolean {
  const left: unknown[] = [input];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') {
      if (value.includes('\0') || !value.isWellFormed()) return false;
    } else if (typeof value === 'object' && value !== null) {
      // Out of JSON: own fields only, so that no list of entries needs to be made.
      for (const key in value) left.push(key, (value as Record<string, unknown>)[key]);
    }
  }
  return true;
}

function subjectsOf({ ctx, address }: Caller) {
  const { actor } = ctx;
  if (actor.kind === 'visitor') return { visitor: actor.visitorId, address };
  if (actor.kind === 'member') return { member: actor.memberId, address };
  return { address };
}

async function run(deps: DispatchDeps, caller: Caller, body: unknown): Promise<unknown> {
  // The client repeats with the same key where it is connected next.
  if (caller.connection?.leaving) throw new ParlourError('unavailable');
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) throw invalidInput(envelope.error);
  const { name, input } = envelope.data;
  const { actor } = caller.ctx;
  if (actor.kind === 'system') throw new ParlourError('forbidden');
  const command = deps.registry.find(actor.kind, name);
  if (!command) {
    throw new ParlourError('invalid_input', {
      issues: [{ path: 'name', message: 'there is no such command' }],
    });
  }
  if (actor.kind === 'member' && !roleAtLeast(actor.role, command.role)) {
    throw new ParlourError('forbidden');
  }
  deps.limiter.take(command.limit, subjectsOf(caller));
  if (!isStorable(input)) throw new ParlourError('text_malformed');
  const parsed = z.safeParse(compiled(command.input), input);
  if (!parsed.success) throw invalidInput(parsed.error);
  return deps.overload.run(() => command.run(caller.ctx, parsed.data, caller.connection));
}

function nameOf(body: unknown): string | undefined {
  const name = (body as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name.slice(0, 64) : undefined;
}

function commandOf(deps: DispatchDeps, { ctx }: Caller, name: string | undefined) {
  const { kind } = ctx.actor;
  return kind === 'system' || name === undefined ? null : deps.registry.find(kind, name);
}

/**
 * Runs one command for an authenticated caller: parse, role, rate, run. Never rejects; failures come
 * back typed, and are logged here, once.
 * @param answer writes the reply where it was asked (a socket's ack), as part of the command
 */
export async function dispatch(
  deps: DispatchDeps,
  caller: Caller,
  body: unknown,
  answer?: (reply: Reply<unknown>) => void,
): Promise<Reply<unknown>> {
  const { ctx, connection } = caller;
  const since = performance.now();
  const name = nameOf(body);
  const command = commandOf(deps, caller, name);
  // As figures and spans call it: a name that strangers make up would be a series of its own.
  const known = command?.name ?? 'unknown';
  const error = command ? deps.overload.refusal(command.limit) : null;
  if (error) {
    commandEnded(ctx, known, error.code, since);
    const reply = { ok: false as const, error };
    answer?.(reply);
    return reply;
  }
  if (connection) connection.running += 1;
  return withTrace(ctx.trace, async () => {
    const about = {
      command: name,
      by: ctx.actor.kind,
      workspace: ctx.workspaceId,
      over: connection ? 'socket' : 'http',
    };
    const span = commandSpan(ctx, known, about.over);
    let reply: Reply<unknown>;
    let code: ErrorCode | undefined;
    try {
      const data = await run(deps, caller, body);
      log.debug({ ...about, ms: Math.round(performance.now() - since) }, 'command_done');
      reply = { ok: true, data };
    } catch (error) {
      const failure = failed(error, about);
      code = failure.code;
      reply = { ok: false, error: failure.toWire() };
    }
    commandEnded(ctx, known, code ?? 'ok', since);
    const ack = span && answer ? startSpan('ack', ctx.trace, { parent: span }) : null;
    answer?.(reply);
    if (connection) connection.running -= 1;
    ack?.end();
    span?.end(code);
    return reply;
  });
}
