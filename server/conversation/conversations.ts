import type { Pool } from 'pg';
import { Appender, type AppenderOptions } from './append.ts';
import { WRITE_COMMANDS } from './commands/index.ts';
import { createLookups } from './lookups.ts';
import { createMembers, type Members } from './members/index.ts';
import type { CommandSpec, Conversations } from './ports.ts';
import { createReads } from './reads/index.ts';
import type { Committed, ReadMoved } from './records.ts';
import { Flows } from './store-flows.ts';
import { Listeners } from './store-listeners.ts';

export interface ConversationsOptions {
  /** Ended by the caller, after `close`. */
  pool: Pool;
  /** Bounds of the append path; unset in production. */
  append?: Pick<AppenderOptions, 'groupSize' | 'queueSize' | 'deadlineMs'>;
  /** Members' live state, when the caller made it already. */
  members?: Members;
}

function byName(
  audience: CommandSpec['audience'],
  specs: readonly CommandSpec[],
): ReadonlyMap<string, CommandSpec> {
  const named = new Map<string, CommandSpec>();
  for (const spec of specs) {
    if (spec.audience !== audience) continue;
    if (named.has(spec.name)) throw new Error(`two commands ${audience} ${spec.name}`);
    named.set(spec.name, spec);
  }
  return named;
}

/** The conversation room of one node. Nodes share nothing but the database. */
export function createConversations(options: ConversationsOptions): Conversations {
  const { pool } = options;
  const committed = new Listeners<Committed>('committed');
  const reads = new Listeners<ReadMoved>('read_moved');
  const appender = new Appender({
    ...options.append,
    pool,
    flows: new Flows(),
    tell: (news) => committed.tell(news),
  });
  const members = options.members ?? createMembers({ pool });
  committed.add((news) => members.afterCommit(news));
  const questions = createReads(pool, members, () => appender.busy);
  const lookups = createLookups(pool);
  const specs = [...WRITE_COMMANDS, ...questions.commands];

  return {
    pool,
    members,
    reads: questions,
    append: (item) => appender.append(item),
    find: (ctx, conversationId) => lookups.find(ctx.workspaceId, conversationId),
    queuesOf: (workspaceId, memberId) => lookups.queuesOf(workspaceId, memberId),
    queue: (workspaceId, queueId) => lookups.queue(workspaceId, queueId),
    staffed: (workspaceId, queueId) => lookups.staffed(workspaceId, queueId),
    presentRow: (ctx, record) => questions.presentRow(ctx, record),
    readMoved: (moved) => reads.tell(moved),
    commands: { visitor: byName('visitor', specs), member: byName('member', specs) },
    onCommitted: (listener) => committed.add(listener),
    onReadMoved: (listener) => reads.add(listener),
    waiting: () => appender.waiting,
    isOverloaded: () => appender.overloaded,
    isFull: () => appender.full,
    close: () => appender.close(),
  };
}
