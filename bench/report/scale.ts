export type ScaleKind = 'linear' | 'log';

/** Maps values to a share of the axis: 0 at its start, 1 at its end. */
export interface Scale {
  kind: ScaleKind;
  at(value: number): number;
  ticks: number[];
}

/** 1, 2 or 5 times a power of ten: the smallest such step that cuts `span` into at most `count` parts. */
export function niceStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Rounds away what adding up steps leaves behind, such as 0.30000000000000004. */
const clean = (value: number) => Number(value.toPrecision(12));

function linear(low: number, high: number, count: number): Scale {
  // Lengths are compared from zero; a span far from it is shown from where it begins.
  const base = low >= 0 && low < high * 0.7 ? 0 : low;
  const top = high === base ? base + (Math.abs(base) || 1) : high;
  const step = niceStep(top - base, count);
  const first = Math.floor(base / step + 1e-9) * step;
  const last = Math.ceil(top / step - 1e-9) * step;
  const ticks: number[] = [];
  for (let tick = first; tick <= last + step / 2; tick += step) ticks.push(clean(tick));
  return { kind: 'linear', ticks, at: (value) => (value - first) / (last - first) };
}

function logarithmic(low: number, high: number, count: number): Scale {
  const decades = Math.log10(high / low);
  // Within a decade or two also 2 and 5, else powers of ten alone, thinned out when they are many.
  const marks = decades <= 2 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const all: number[] = [];
  for (let power = first; power <= last; power++) {
    for (const mark of marks) all.push(clean(mark * 10 ** power));
  }
  const start = all.findLast((tick) => tick <= low * (1 + 1e-9)) ?? low;
  const after = all.find((tick) => tick >= high * (1 - 1e-9)) ?? high;
  const end = after > start ? after : start * 10;
  const inside = all.filter((tick) => tick >= start && tick <= end);
  const every = Math.ceil(inside.length / (count + 2));
  const ticks = inside.filter((_, index) => index % every === 0);
  const length = Math.log10(end / start);
  // What has no logarithm is drawn at the axis' start.
  return {
    kind: 'log',
    ticks,
    at: (value) => (value > 0 ? Math.max(0, Math.log10(value / start) / length) : 0),
  };
}

/**
 * An axis for these values, with about `count` ticks at round numbers, the first and last of them at
 * or beyond the values. Logarithmic where it is asked for and any value is above zero.
 */
export function scaleFor(values: readonly number[], kind: ScaleKind, count = 5): Scale {
  const finite = values.filter(Number.isFinite);
  const positive = finite.filter((value) => value > 0);
  if (kind === 'log' && positive.length > 0) {
    return logarithmic(Math.min(...positive), Math.max(...positive), count);
  }
  if (finite.length === 0) return linear(0, 1, count);
  return linear(Math.min(...finite), Math.max(...finite), count);
}
