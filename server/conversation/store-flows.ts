import type { PoolClient } from 'pg';
import { compileFlow, type Flow } from '#lib/domain/conversation/index.ts';
import { logger } from '#lib/observability/logger.ts';

/**
 * Versions are immutable, so what is compiled once stays right; the bound only bounds memory. It is
 * well above what a group and the lanes beside it can need at once: a version dropped in between
 * would refuse their messages.
 */
const KEPT = 2_000;

/** Compiled flow versions. null: there is none such, or it cannot be compiled. */
export class Flows {
  /** In the order of use. */
  #compiled = new Map<string, Flow | null>();
  readonly #kept: number;

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  /** Compiled already, or null. */
  get(versionId: string): Flow | null {
    return this.#compiled.get(versionId) ?? null;
  }

  /** Loads those not compiled yet; at most one query. */
  async load(
    client: PoolClient,
    keys: readonly { versionId: string; workspaceId: string }[],
  ): Promise<void> {
    const missing = keys.filter((key) => !this.#touch(key.versionId));
    if (missing.length === 0) return;
    const { rows } = await client.query<{ id: string; definition: unknown }>({
      name: 'flow_versions',
      text: `SELECT fv.id, fv.definition FROM flow_version fv
        WHERE (fv.id, fv.workspace_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
      values: [missing.map((key) => key.versionId), missing.map((key) => key.workspaceId)],
    });
    for (const row of rows) this.#keep(row.id, compiled(row.id, row.definition));
  }

  /** Whether it is here; it counts as used just now. */
  #touch(versionId: string): boolean {
    const flow = this.#compiled.get(versionId);
    if (flow === undefined) return false;
    this.#compiled.delete(versionId);
    this.#compiled.set(versionId, flow);
    return true;
  }

  #keep(versionId: string, flow: Flow | null): void {
    if (this.#compiled.size >= this.#kept) {
      const [oldest] = this.#compiled.keys();
      if (oldest !== undefined) this.#compiled.delete(oldest);
    }
    this.#compiled.set(versionId, flow);
  }
}

function compiled(versionId: string, definition: unknown): Flow | null {
  try {
    return compileFlow(definition);
  } catch (error) {
    // One bad version must not stop the other conversations of a group.
    logger.error({ err: error, flowVersion: versionId }, 'flow_version_invalid');
    return null;
  }
}
