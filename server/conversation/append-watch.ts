import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { newTrace } from '#lib/observability/trace.ts';
import { isTracing, runningSpan, type Span, startSpan } from '#lib/observability/tracing.ts';
import type { Waiting } from './append-queue.ts';
import type { GroupResult } from './group.ts';

const log = logger.child({ scope: 'append' });

/** When a group's transaction began and when its COMMIT was sent; ms of performance.now(). */
export interface GroupTimes {
  began: number;
  committing: number;
}

/**
 * Notes what a committed group did, before its listeners hear of it: figures, log lines with each
 * item's own trace, spans; and hands the traces on with what was committed.
 */
export function groupCommitted(
  group: readonly Waiting[],
  result: Pick<GroupResult, 'outcomes' | 'committed'>,
  times: GroupTimes,
): void {
  const now = performance.now();
  metrics.groupSeconds.observe((now - times.began) / 1000);
  metrics.groupItems.observe(group.length);
  const traces = new Map<string, string[]>();
  for (const { item, since } of group) {
    const outcome = result.outcomes.get(item);
    if (outcome?.kind !== 'appended') continue;
    metrics.appendSeconds.observe((now - since) / 1000);
    const known = traces.get(outcome.conversationId);
    if (known) known.push(item.ctx.trace);
    else traces.set(outcome.conversationId, [item.ctx.trace]);
  }
  for (const committed of result.committed)
    committed.traces = traces.get(committed.conversationId) ?? [];
  if (log.isLevelEnabled('debug')) logItems(group, result, now);
  if (!isTracing()) return;
  try {
    traceGroup(group, times, now);
  } catch (error) {
    // It is committed: whatever an exporter does, its listeners and callers must hear of it.
    log.warn({ err: error }, 'append_trace_failed');
  }
}

function logItems(
  group: readonly Waiting[],
  result: Pick<GroupResult, 'outcomes'>,
  now: number,
): void {
  for (const { item, since } of group) {
    const outcome = result.outcomes.get(item)?.kind;
    const { conversationId, ctx } = item;
    const ms = Math.round(now - since);
    log.debug({ trace: ctx.trace, conversationId, outcome, ms, items: group.length }, 'appended');
  }
}

/**
 * Each sampled item shows its waiting, the transaction and the commit in its own trace; the group,
 * which belongs to all of them, is one span of a trace of its own, linked both ways.
 */
function traceGroup(
  group: readonly Waiting[],
  { began, committing }: GroupTimes,
  now: number,
): void {
  const items: [Waiting, Span][] = [];
  for (const one of group) {
    const span = runningSpan(one.item.ctx.trace);
    if (span) items.push([one, span]);
  }
  if (items.length === 0) return;
  const whole = startSpan('append.group', newTrace(), {
    at: began,
    links: items.map(([, span]) => span),
    attributes: { 'parlour.items': group.length },
  });
  for (const [one, parent] of items) {
    const span = (name: string, at: number, until: number, links: readonly Span[] = []) =>
      startSpan(name, parent.trace, { parent, at, links })?.end(undefined, until);
    span('append.wait', one.since, began);
    span('append.transaction', began, committing, whole ? [whole] : []);
    span('append.commit', committing, now);
  }
  whole?.end(undefined, now);
}
