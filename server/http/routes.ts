import type { HttpAnswer, HttpRequest } from './message.ts';

/** An HTTP route of the desk. */
export interface Route {
  method: 'GET' | 'POST';
  /** Exact; the desk's routes take no parameters in their path. */
  path: string;
  /** Who authenticates it, for the test that tries each as somebody who may not. */
  audience: 'public' | 'visitor' | 'member';
  /** Pages of other origins may call it (preflight is answered). */
  crossOrigin: boolean;
  handle(request: HttpRequest): Promise<HttpAnswer>;
}

export const ok = (data: unknown): HttpAnswer => ({ status: 200, body: { ok: true, data } });
