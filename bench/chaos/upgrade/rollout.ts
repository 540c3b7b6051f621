import { join } from 'node:path';
import { migrate } from '#lib/db/migrate.ts';
import type { Chance } from '../chance.ts';
import type { DeskNode } from '../world/node.ts';
import { type Build, MIGRATIONS, makeNextBuild, PRESENT } from './next-build.ts';

/** The releases of one world's nodes. */
export interface Rollout {
  /** Which protocol a page speaks that is loaded now: it comes from some node, as its sockets do later. */
  pageProtocol(client: string): number;
  /** Protocols of the pages loaded so far, in that order, by client. */
  pages(): Record<string, number[]>;
  /**
   * One release further: migrates while the old one runs, then replaces node by node with SIGTERM.
   * @param afterStep called after the migration and after each node
   * @returns the exit codes of the old processes
   */
  toNext(afterStep?: (step: string) => Promise<void>): Promise<(number | null)[]>;
}

export interface RolloutOptions {
  nodes: readonly DeskNode[];
  databaseUrl: string;
  /** Where further releases are made. */
  folder: string;
  chance: Chance;
}

export function createRollout({ nodes, databaseUrl, folder, chance }: RolloutOptions): Rollout {
  const builds = new Map<DeskNode, Build>(nodes.map((node) => [node, PRESENT]));
  const pages: Record<string, number[]> = {};
  let generation = 0;
  return {
    pageProtocol(client) {
      const node = chance.pick(nodes);
      const protocol = (node && builds.get(node)?.protocol) ?? PRESENT.protocol;
      pages[client] = [...(pages[client] ?? []), protocol];
      return protocol;
    },
    pages: () => pages,
    async toNext(afterStep = async () => undefined) {
      generation += 1;
      const build = makeNextBuild(folder, generation);
      await migrate(databaseUrl, join(build.root, MIGRATIONS));
      await afterStep('the migration');
      const codes: (number | null)[] = [];
      for (const node of nodes) {
        codes.push(await node.restart(build.root));
        builds.set(node, build);
        await afterStep(`the new ${node.name}`);
      }
      return codes;
    },
  };
}
