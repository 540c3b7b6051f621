import type { Readiness } from './health.ts';
import type { Route } from './routes.ts';

/** For launchers, load balancers and orchestrators. */
export function healthRoutes(readiness: () => Promise<Readiness>): Route[] {
  const shared = { method: 'GET' as const, audience: 'public' as const, crossOrigin: false };
  return [
    { ...shared, path: '/healthz', handle: async () => ({ status: 200, body: { ok: true } }) },
    {
      ...shared,
      path: '/readyz',
      handle: async () => {
        const { ready, database, missing, draining } = await readiness();
        const headers: Record<string, string> = ready ? {} : { 'retry-after': '2' };
        const body = { ok: ready, database, missing, draining };
        return { status: ready ? 200 : 503, body, headers };
      },
    },
  ];
}
