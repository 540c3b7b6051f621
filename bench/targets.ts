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
  { metric: 'sync.p95_ms_100', comparison: '<=', bound: 50, source: PROMISE },
  { metric: 'inbox.open_p95_ms', comparison: '<=', bound: 50, source: PROMISE },
  { metric: 'inbox.search_p95_ms', comparison: '<=', bound: 50, source: PROMISE },
  { metric: 'inbox.conversation_p95_ms', comparison: '<=', bound: 50, source: PROMISE },
];

export const targetOf = (metric: string): Target | undefined =>
  TARGETS.find((target) => target.metric === metric);

export const isMet = ({ comparison, bound }: Target, value: number): boolean =>
  comparison === '>=' ? value >= bound : value <= bound;
