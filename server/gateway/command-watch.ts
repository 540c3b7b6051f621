import { metrics } from '#lib/observability/metrics/instruments.ts';
import { enterSpan, type Span } from '#lib/observability/tracing.ts';
import type { ErrorCode } from '#lib/protocol/errors.ts';
import type { Ctx } from '#server/conversation/index.ts';

/** Notes how a command ended: figures, and the end of its span. */
export function commandEnded(
  { actor }: Ctx,
  command: string,
  outcome: 'ok' | ErrorCode,
  since: number,
): void {
  metrics.commands.add(actor.kind, command, outcome);
  metrics.commandSeconds.observe((performance.now() - since) / 1000, actor.kind, command);
}

/** The span of one command, in the trace that its log lines carry; null without an exporter. */
export function commandSpan(ctx: Ctx, command: string, over: string): Span | null {
  return enterSpan(`command ${command}`, ctx.trace, {
    kind: 'server',
    attributes: {
      'parlour.audience': ctx.actor.kind,
      'parlour.workspace': ctx.workspaceId,
      'parlour.transport': over,
    },
  });
}
