import type { PoolClient } from 'pg';
import { compileFlow, type Flow } from '#lib/domain/conversation/index.ts';
import { logger } from '#lib/observability/logger.ts';

/** Versions are immutable, so what is compiled once stays right; the bound only bounds memory. */
const KEPT = 500;

/** Compiled flow versions. null: there is none such, or it cannot be compiled. */
export class Flows {
  #compiled = new Map<string, Flow | null>();

  /** Compiled already, or null. */
  get(versionId: string): Flow | null {
    return this.#compiled.get(versionId) ?? null;
  }

  /** Loads those not compiled yet; at most one query. */
  async load(
    client: PoolClient,
    keys: readonly { versionId: string; workspaceId: string }[],
  ): Promise<void> {
    const missing = keys.filter((key) => !this.#compiled.has(key.versionId));
    if (missing.length === 0) return;
    const { rows } = await client.query<{ id: string; definition: unknown }>({
      name: 'flow_versions',
      text: `SELECT fv.id, fv.definition FROM flow_version fv
        WHERE (fv.id, fv.workspace_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
      values: [missing.map((key) => key.versionId), missing.map((key) => key.workspaceId)],
    });
    for (const row of rows) this.#keep(row.id, compiled(row.id, row.definition));
  }

  #keep(versionId: string, flow: Flow | null): void {
    if (this.#compiled.size >= KEPT) {
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
