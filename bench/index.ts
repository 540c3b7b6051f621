import type { Bench } from './bench.ts';

/** Loaded one by one: each bench brings what it needs. */
export const BENCHES: Record<string, () => Promise<Bench>> = {
  relay: async () => (await import('./relay/index.ts')).relay,
  append: async () => (await import('./append/index.ts')).append,
  connections: async () => (await import('./connections/index.ts')).connections,
  sync: async () => (await import('./sync/index.ts')).sync,
  inbox: async () => (await import('./inbox/index.ts')).inbox,
  nodes: async () => (await import('./nodes/index.ts')).nodes,
  overload: async () => (await import('./overload/index.ts')).overload,
  flow: async () => (await import('./flow/index.ts')).flow,
  growth: async () => (await import('./growth/index.ts')).growth,
  rules: async () => (await import('./rules/index.ts')).rules,
};
