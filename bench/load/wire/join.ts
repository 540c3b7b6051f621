import { WireClient, type WireListener, type WireOptions } from './client.ts';

/**
 * Connects and joins the namespace.
 * @throws Error when refused, closed before, or not joined after `withinMs`
 */
export function joinWire(
  options: WireOptions,
  listener: WireListener = {},
  withinMs = 20_000,
): Promise<WireClient> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const fail = (client: WireClient, why: string) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      client.destroy();
      reject(new Error(`${options.namespace} on port ${options.port}: ${why}`));
    };
    const client = new WireClient(options, {
      ...listener,
      joined(joined) {
        settled = true;
        clearTimeout(timer);
        listener.joined?.(joined);
        resolve(joined);
      },
      refused(refused, error) {
        listener.refused?.(refused, error);
        fail(refused, `refused: ${JSON.stringify(error)}`);
      },
      closed(gone, reason) {
        listener.closed?.(gone, reason);
        fail(gone, reason);
      },
    });
    const timer = setTimeout(() => fail(client, `not joined after ${withinMs} ms`), withinMs);
  });
}
