import {
  type Context,
  ROOT_CONTEXT,
  type Tracer as SdkTracer,
  SpanKind,
  SpanStatusCode,
  trace as traces,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
} from '@opentelemetry/sdk-trace-base';
import { parseTraceparent } from './trace.ts';
import type { Span, SpanStart, Tracer } from './tracing.ts';

const KINDS = {
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
} as const;

/** Gives the next root span the trace id that our log lines carry already. */
class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  next: string | null = null;
  generateTraceId = (): string => this.next ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.#random.generateSpanId();
}

function parentOf(trace: string, { parent, remote }: SpanStart): Context {
  if (parent) {
    const context = { traceId: parent.trace, spanId: parent.id, traceFlags: 1 };
    return traces.setSpanContext(ROOT_CONTEXT, context);
  }
  const sent = parseTraceparent(remote);
  if (sent?.trace !== trace) return ROOT_CONTEXT;
  const context = { traceId: trace, spanId: sent.span, traceFlags: sent.flags, isRemote: true };
  return traces.setSpanContext(ROOT_CONTEXT, context);
}

function start(sdk: SdkTracer, name: string, trace: string, options: SpanStart): Span | null {
  const span = sdk.startSpan(
    name,
    {
      kind: KINDS[options.kind ?? 'internal'],
      ...(options.at === undefined ? {} : { startTime: options.at }),
      ...(options.attributes ? { attributes: { ...options.attributes } } : {}),
      links: (options.links ?? []).map((one) => ({
        context: { traceId: one.trace, spanId: one.id, traceFlags: 1 },
      })),
    },
    parentOf(trace, options),
  );
  if (!span.isRecording()) return null;
  return {
    trace,
    id: span.spanContext().spanId,
    end(code, at) {
      if (code !== undefined) {
        span.setAttribute('error.type', code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      }
      span.end(at);
    },
  };
}

/** Sampler, batches, headers and service name come from the standard OTEL_ variables. */
export function openTelemetry(): Tracer {
  const ids = new GivenIds();
  const named = resourceFromAttributes({ 'service.name': 'parlour' });
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const sdk = provider.getTracer('parlour');
  return {
    start(name, trace, options) {
      ids.next = trace;
      try {
        return start(sdk, name, trace, options);
      } finally {
        ids.next = null;
      }
    },
    close: () => provider.shutdown(),
  };
}
