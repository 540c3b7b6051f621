import type * as z from 'zod';
import type { Role } from '#lib/auth/roles.ts';
import type { Change, ConfigCtx, Tx } from './context.ts';

interface Common<I extends z.ZodType> {
  name: string;
  /** Least role. */
  role: Role;
  input: I;
}

/** Reads configuration; runs outside a transaction. */
export interface ConfigQuery<I extends z.ZodType = z.ZodType, O = unknown> extends Common<I> {
  kind: 'query';
  run(tx: Tx, ctx: ConfigCtx, input: z.output<I>): Promise<O>;
}

/** Changes configuration: one transaction with its audit entry and a new config_rev. */
export interface ConfigChange<I extends z.ZodType = z.ZodType, O = unknown> extends Common<I> {
  kind: 'change';
  run(tx: Tx, ctx: ConfigCtx, input: z.output<I>): Promise<{ output: O; change: Change }>;
}

export type ConfigCommand = ConfigQuery | ConfigChange;

export function defineQuery<I extends z.ZodType, O>(
  spec: Omit<ConfigQuery<I, O>, 'kind'>,
): ConfigQuery<I, O> {
  return { kind: 'query', ...spec };
}

export function defineChange<I extends z.ZodType, O>(
  spec: Omit<ConfigChange<I, O>, 'kind'>,
): ConfigChange<I, O> {
  return { kind: 'change', ...spec };
}
