/** A finished or running piece of work of one trace. Times are ms of `performance.now()`. */
export interface Span {
  /** 32 hex digits: the trace id that log lines carry too. */
  readonly trace: string;
  /** 16 hex digits. */
  readonly id: string;
  /** `code`: it failed, with this error code. `at`: when, unless now. */
  end(code?: string, at?: number): void;
}

export interface SpanStart {
  kind?: 'server' | 'internal' | 'producer';
  parent?: Span;
  /** A `traceparent` header that came with the request. */
  remote?: string;
  links?: readonly Span[];
  at?: number;
  attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** What exports spans. The one implementation wraps OpenTelemetry's SDK (open-telemetry.ts). */
export interface Tracer {
  /** @returns null when this trace is not sampled */
  start(name: string, trace: string, options: SpanStart): Span | null;
  /** Sends what is left. */
  close(): Promise<void>;
}

let tracer: Tracer | null = null;
/**
 * The innermost running span of each sampled trace, so that a part that knows only the trace id (an
 * item of a group, a push) finds its parent. Two requests of one trace that run at once may find each
 * other's: the spans are then in the right trace, under a sibling.
 */
const running = new Map<string, Span>();

/** Whether an exporter is configured; without one nothing of this costs more than this look. */
export function isTracing(): boolean {
  return tracer !== null;
}

/** The span that runs in a trace, if that is sampled. */
export function runningSpan(trace: string): Span | null {
  return tracer === null ? null : (running.get(trace) ?? null);
}

/** A span that is over already, or soon: a parent nobody looks for. */
export function startSpan(name: string, trace: string, options: SpanStart = {}): Span | null {
  return tracer === null ? null : tracer.start(name, trace, options);
}

/** Starts a span below the trace's running one, and is the running one until it ends. */
export function enterSpan(name: string, trace: string, options: SpanStart = {}): Span | null {
  if (tracer === null) return null;
  const outer = running.get(trace);
  const span = tracer.start(name, trace, outer ? { parent: outer, ...options } : options);
  if (span === null) return null;
  const entered: Span = {
    trace,
    id: span.id,
    end(code, at) {
      span.end(code, at);
      if (running.get(trace) !== entered) return;
      if (outer) running.set(trace, outer);
      else running.delete(trace);
    },
  };
  running.set(trace, entered);
  return entered;
}

/** Sets what exports; used by `startTracing` and by tests. @returns the one before */
export function setTracer(next: Tracer | null): Tracer | null {
  const before = tracer;
  tracer = next;
  if (next === null) running.clear();
  return before;
}

/** The standard variables (OpenTelemetry specification, "OTLP exporter" and "SDK configuration"). */
function isConfigured(source: Readonly<Record<string, string | undefined>>): boolean {
  if (source.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  if (source.OTEL_TRACES_EXPORTER?.toLowerCase() === 'none') return false;
  return Boolean(source.OTEL_EXPORTER_OTLP_ENDPOINT || source.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}

/**
 * Exports traces over OTLP/HTTP when OTEL_EXPORTER_OTLP_ENDPOINT is set; otherwise the packages are
 * not even loaded.
 * @returns what to wait for before the process ends
 */
export async function startTracing(
  source: Readonly<Record<string, string | undefined>> = process.env,
): Promise<() => Promise<void>> {
  if (!isConfigured(source)) return async () => undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  const mine = openTelemetry();
  setTracer(mine);
  return async () => {
    setTracer(null);
    await mine.close();
  };
}
