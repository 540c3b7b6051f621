import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { newTrace, withTrace } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { Conversations } from '#server/conversation/index.ts';
import type { DueTimer } from './claim.ts';

export type Fired = 'acted' | 'stale' | 'later';

/**
 * Tells the conversation that a timer fired. Whether it acts, is stale, or must wait because its base
 * moved is decided under the row lock by the engine; the append path rewrites or removes the row.
 * Two nodes that fire the same one use the same key, so that it acts once (I6).
 */
export function fire(
  deps: { pool: Pool; conversations: Pick<Conversations, 'append'>; log: Logger },
  timer: DueTimer,
): Promise<Fired> {
  const { workspaceId, conversationId, name, gen } = timer;
  const trace = newTrace();
  return withTrace(trace, async () => {
    try {
      const { moved } = await deps.conversations.append({
        ctx: { workspaceId, actor: { kind: 'system', name: 'timers' }, trace },
        conversationId,
        key: {
          source: 'timer',
          clientId: `${name}:${gen}:${Math.round(timer.dueAt).toString(36)}`,
        },
        entries: [],
        event: { type: 'timer.fired', name, gen },
      });
      return moved ? 'acted' : 'stale';
    } catch (error) {
      const code = error instanceof ParlourError ? error.code : 'internal';
      if (code === 'not_found') {
        // The conversation was erased; nobody else would remove its timers.
        await deps.pool.query(
          'DELETE FROM timer WHERE conversation_id = $1 AND workspace_id = $2 AND name = $3',
          [conversationId, workspaceId, name],
        );
        return 'stale';
      }
      deps.log.warn({ err: error, conversationId, timer: name, code }, 'timer_fire_failed');
      return 'later';
    }
  });
}
