/** What a figure must reach; the report page says whether it does. */
export interface Target {
  /** As printed: `relay.ratio_to_bare`. */
  metric: string;
  comparison: '>=' | '<=';
  /** In the metric's own unit. */
  bound: number;
  /** Where the bound comes from. */
  source: string;
}

const FIELD = 'the best figure the field publishes';
const PROMISE = 'what people notice';

/** What `growth` lets grow, and the cost it looks at. */
const GROWTH = [
  'conversations',
  'history',
  'agents_message',
  'agents_routing',
  'agents_presence',
  'queue_message',
  'queue_arrival',
] as const;

export const TARGETS: readonly Target[] = [
  { metric: 'relay.rate_at_p99_55ms', comparison: '>=', bound: 12_000, source: FIELD },
  { metric: 'relay.mean_ms_at_rate', comparison: '<=', bound: 15, source: FIELD },
  {
    metric: 'relay.ratio_to_bare',
    comparison: '>=',
    bound: 0.5,
    source: 'durability may cost as much again as a relay that stores nothing',
  },
  { metric: 'append.p99_ms_at_3000', comparison: '<=', bound: 3, source: FIELD },
  {
    metric: 'connections.held',
    comparison: '>=',
    bound: 15_000,
    source: 'one process, within a usual limit of open files',
  },
  {
    metric: 'connections.bytes_ratio_to_bare',
    comparison: '<=',
    bound: 1.5,
    source: 'a visitor may cost half as much again as a socket that knows nothing',
  },
  { metric: 'connections.p99_ms_at_3000', comparison: '<=', bound: 200, source: FIELD },
  {
    metric: 'nodes.p99_ms_2_crossing',
    comparison: '<=',
    bound: 200,
    source: 'a message that crosses nodes may be no later than the field’s on one',
  },
  { metric: 'nodes.hop_ms', comparison: '<=', bound: 5, source: 'a hop is not what people notice' },
  {
    metric: 'overload.accepted_of_saturation',
    comparison: '>=',
    bound: 0.7,
    source: 'sending away must not cost what it saves',
  },
  {
    metric: 'overload.p99_ms_accepted',
    comparison: '<=',
    bound: 1_500,
    source: 'who is let in is answered long before a client gives up (10 s)',
  },
  { metric: 'sync.p95_ms_100', comparison: '<=', bound: 50, source: PROMISE },
  { metric: 'inbox.open_p95_ms', comparison: '<=', bound: 50, source: PROMISE },
  { metric: 'inbox.search_p95_ms', comparison: '<=', bound: 50, source: PROMISE },
  { metric: 'inbox.conversation_p95_ms', comparison: '<=', bound: 50, source: PROMISE },
  {
    metric: 'flow.steps_per_second',
    comparison: '>=',
    bound: 1_000_000,
    source: 'the rules may not be what a message costs',
  },
  {
    metric: 'flow.durable_transitions_per_second',
    comparison: '>=',
    bound: 2_000,
    source: 'a transition may cost as much as six messages',
  },
  {
    metric: 'rules.evaluations_per_second',
    comparison: '>=',
    bound: 10_000_000,
    source: 'a condition may cost a tenth of the step that asks it',
  },
  {
    metric: 'rules.hostile_worst_ms',
    comparison: '<=',
    bound: 10,
    source: 'no text may hold up the desk longer than a message takes',
  },
  ...GROWTH.map((over) => ({
    metric: `growth.${over}_of_log_allowed`,
    comparison: '<=' as const,
    bound: 1,
    source: 'a cost may grow as the logarithm of what grows, not faster',
  })),
];

export const targetOf = (metric: string): Target | undefined =>
  TARGETS.find((target) => target.metric === metric);

export const isMet = ({ comparison, bound }: Target, value: number): boolean =>
  comparison === '>=' ? value >= bound : value <= bound;
