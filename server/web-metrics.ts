import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/index.ts';
import { WEB_FIGURES_PATH, WebFigures } from '#lib/observability/web-figures.ts';
import { kept } from './kept.ts';

const log = logger.child({ scope: 'metrics' });

/** A scrape waits for it no longer: a web process that hangs must not take the desk's figures along. */
const ANSWER_MS = 1_000;

async function ask(url: URL, token: string): Promise<WebFigures | null> {
  try {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'error',
    });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return WebFigures.parse(await answer.json());
  } catch (error) {
    // Said by parlour_web_up; the launcher's log has why.
    log.debug({ err: error }, 'web_figures_unreadable');
    return null;
  }
}

/**
 * Shows the web process's figures among the desk's. @returns how to stop
 * @param token `deriveKey('web-figures')` in base64url, which the web process derives too
 */
export function watchWebProcess(origin: string, token: string): () => void {
  const url = new URL(WEB_FIGURES_PATH, origin);
  const look = kept(() => ask(url, token));
  const of =
    <T>(read: (figures: WebFigures) => T[]) =>
    async () => {
      const figures = await look();
      return figures ? read(figures) : [];
    };
  const stops = [
    metrics.webUp.from(async () => [[[], (await look()) ? 1 : 0]]),
    metrics.webDelay.from(
      of(({ id, delay }) => [
        [[id, 'p50'], delay.p50] as const,
        [[id, 'p99'], delay.p99] as const,
        [[id, 'max'], delay.max] as const,
      ]),
    ),
    metrics.webMemory.from(
      of(({ id, memory }) => [
        [[id, 'resident'], memory.resident] as const,
        [[id, 'heap'], memory.heap] as const,
      ]),
    ),
    metrics.webCpu.from(of(({ id, cpuSeconds }) => [[[id], cpuSeconds] as const])),
    metrics.webRequests.from(
      of(({ id, requests }) =>
        requests.map(({ kind, status, count }) => [[id, kind, status], count] as const),
      ),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
