import { Level } from './level.ts';
import { Spread, WAITS } from './spread.ts';
import { Tally } from './tally.ts';

/**
 * Everything this process measures, once. Names are `parlour_scope_subject_unit`; docs/operations.md
 * has the same table, and a test compares the two.
 */
export const metrics = {
  build: new Level('parlour_build_info', 'Always 1; says what runs.', [
    'version',
    'commit',
    'node',
    'protocol',
  ]),
  ready: new Level('parlour_desk_ready', '1: ready for traffic; 0: draining or no database.'),

  connections: new Level('parlour_gateway_connections', 'Open sockets.', ['audience']),
  refusedConnections: new Tally('parlour_gateway_refused_connections_total', 'Sockets refused.', [
    'audience',
    'code',
  ]),
  commands: new Tally('parlour_gateway_commands_total', 'Commands; outcome is ok or the code.', [
    'audience',
    'command',
    'outcome',
  ]),
  commandSeconds: new Spread(
    'parlour_gateway_command_seconds',
    'From reading a command to its answer.',
    WAITS,
    ['audience', 'command'],
  ),
  inFlight: new Level('parlour_gateway_commands_running', 'Commands under way.'),
  limited: new Tally('parlour_gateway_rate_limited_total', 'Refused by a rate limit.', ['class']),
  shed: new Tally('parlour_gateway_shed_total', 'Sent away by overload; they repeat (D7).', [
    'class',
    'reason',
  ]),
  pushes: new Tally('parlour_gateway_pushes_total', 'Emits to rooms after commits.', ['audience']),
  errors: new Tally('parlour_edge_errors_total', 'Failures by code, commands and routes alike.', [
    'code',
  ]),

  requests: new Tally('parlour_http_requests_total', 'HTTP answers; route: path, widget or web.', [
    'route',
    'method',
    'status',
  ]),
  requestSeconds: new Spread(
    'parlour_http_request_seconds',
    'From a request to the last byte of its answer; long polls wait on purpose.',
    WAITS,
    ['route'],
  ),

  events: new Tally('parlour_append_events_total', 'Events committed by this process.', [
    'kind',
    'actor',
  ]),
  transitions: new Tally('parlour_append_transitions_total', 'Phases moved by this process.', [
    'from',
    'to',
  ]),
  appendSeconds: new Spread(
    'parlour_append_item_seconds',
    'From asking to the commit, waiting included.',
    WAITS,
  ),
  groupSeconds: new Spread(
    'parlour_append_group_seconds',
    'One transaction, from BEGIN to the answer of COMMIT.',
    WAITS,
  ),
  groupItems: new Spread(
    'parlour_append_group_items',
    'Items in one transaction.',
    [1, 2, 5, 10, 20, 50, 100, 200, 500],
  ),
  groupFailures: new Tally('parlour_append_group_failures_total', 'Transactions that failed.', [
    'kind',
  ]),
  queued: new Level('parlour_append_queued_items', 'Items waiting for a transaction.', ['place']),

  waiting: new Level(
    'parlour_routing_waiting_conversations',
    'Waiting in a queue, whole installation: take the max over processes. The longest 200 by name.',
    ['workspace', 'queue'],
  ),
  oldest: new Level(
    'parlour_routing_oldest_wait_seconds',
    'Age of the longest waiting conversation of a queue; max over processes.',
    ['workspace', 'queue'],
  ),
  timersOverdue: new Level(
    'parlour_timers_overdue_rows',
    'Timers past their time by more than 2 s, whole installation; counted to 10,000.',
  ),
  timersHeld: new Level('parlour_timers_held_items', 'Timers in memory for the next moment.'),
  timersFired: new Tally('parlour_timers_fired_total', 'Timers told to their conversation.', [
    'outcome',
  ]),
  timersLate: new Spread(
    'parlour_timers_late_seconds',
    'How long after its time a timer fired.',
    [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
  ),

  pool: new Level('parlour_database_pool_connections', 'Connections of the pool.', ['state']),
  poolWaiting: new Level('parlour_database_pool_waiting', 'Queries waiting for a connection.'),
  redis: new Level('parlour_redis_connected', '1 or 0; absent without REDIS_URL.', ['client']),
  redisFailures: new Tally('parlour_redis_failures_total', 'What Redis was asked in vain.', [
    'what',
  ]),

  webUp: new Level(
    'parlour_web_up',
    '1: the web process tells its figures; absent where a desk has none.',
  ),
  webDelay: new Level(
    'parlour_web_event_loop_seconds',
    'Delay of the web process’s event loop since the last look: p50, p99, max.',
    ['web', 'at'],
  ),
  webMemory: new Level('parlour_web_memory_bytes', 'Memory of the web process: resident, heap.', [
    'web',
    'kind',
  ]),
  webCpu: new Level(
    'parlour_web_cpu_seconds_total',
    'Processor time of the web process.',
    ['web'],
    true,
  ),
  webRequests: new Level(
    'parlour_web_requests_total',
    'HTTP answers of the web process: page, api or file.',
    ['web', 'kind', 'status'],
    true,
  ),
} as const;
