import { createPool } from '#lib/db/pool.ts';
import { createLogger } from '#lib/observability/logger.ts';
import { createConversations } from '#server/conversation/index.ts';
import { startTimers } from '../index.ts';

/** A node that does nothing but fire timers, for tests that stop and kill it. argv: url, node id. */

const [url, nodeId] = process.argv.slice(2);
if (!url || !nodeId) throw new Error('usage: node.ts <url> <node id>');
const pool = createPool(url, { max: 4, application_name: `fixture-${nodeId}` });
startTimers({
  pool,
  conversations: createConversations({ pool }),
  log: createLogger({ level: 'silent' }),
  nodeId,
  pollMs: 50,
  leaseMs: 600,
});
