/** A second signal within this time is the same key press, forwarded by a parent as well. */
const SAME_PRESS_MS = 1_500;

/**
 * Resolves with the reason when this process is asked to end: Ctrl-C, SIGTERM, a closed terminal, or
 * the death of the process that started it. Asking again later ends it at once.
 */
export function untilToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const told = (reason: string) => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        resolve(reason);
      } else if (performance.now() - firstAt > SAME_PRESS_MS) {
        console.error('Ending at once. The next start cleans up; no data is lost.');
        process.exit(1);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, told);
    if (process.send) process.once('disconnect', () => told('its parent was killed'));
  });
}
