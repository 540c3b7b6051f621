/**
 * Preloaded into a node (`--import`): its wall clock is wrong by CHAOS_SKEW_MS and drifts by
 * CHAOS_DRIFT ms a second; a message `{ type: 'skew', ms, drift }` of the runner steps it while the
 * process runs, as a clock that is set does. Steady time (`performance.now`) is left alone, as on a
 * real machine.
 */
export {};

const RealDate = Date;
let skewMs = Number(process.env.CHAOS_SKEW_MS ?? 0);
let drift = Number(process.env.CHAOS_DRIFT ?? 0);
let since = performance.now();

const wrongBy = () => Math.round(skewMs + ((performance.now() - since) / 1000) * drift);
const wrongNow = () => RealDate.now() + wrongBy();
const origin = performance.timeOrigin;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [wrongNow()] : args, newTarget),
  apply: () => new RealDate(wrongNow()).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? wrongNow : Reflect.get(target, name, receiver),
});
Object.defineProperty(performance, 'timeOrigin', { get: () => origin + wrongBy() });

process.on('message', (message: unknown) => {
  const { type, ms, drift: perSecond } = message as Record<string, unknown>;
  if (type !== 'skew') return;
  skewMs = Number(ms);
  drift = Number(perSecond);
  since = performance.now();
});
// Only listens: the channel alone must not keep the process alive.
process.channel?.unref();
