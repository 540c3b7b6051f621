import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '#scripts/launcher/checkout.ts';
import { freePort } from '#scripts/launcher/port.mjs';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { makeWorkspace, type TestWorkspace } from '#server/test/factories.ts';
import { checkHistory } from '../check/index.ts';
import type { Violation } from '../history.ts';
import { createRecorder, type Recorder } from '../recorder.ts';
import { type DeskNode, startNode } from '../world/node.ts';
import { type BrokenBuild, expectPatchesFit } from './builds.ts';
import { arrive, type RawVisitor } from './raw-visitor.ts';

/** What these short runs can say something about: who reads, and presence, play no part in them. */
const ASKED = [
  'D1 acknowledged once',
  'P1 asked for',
  'own order',
  'I5 gapless',
  'I5 row is fold',
  'I1 one owner',
  'I2 queued is free',
  'I3 one target',
  'I3 offers end',
  'I6 timers act once',
  'timers are rows',
  'I10 closed is final',
  'no error of ours',
] as const;

export interface BuildStage {
  db: TestDatabase;
  workspace: TestWorkspace;
  /** A desk process of this build, which listens; `kill -9` and it comes back. */
  desk(name: string): Promise<DeskNode>;
  visitor(node: DeskNode): Promise<RawVisitor>;
  /** What the checker finds; `idle`: rules about what this run does not do. */
  check(idle: readonly string[]): Promise<Violation[]>;
  close(): Promise<void>;
}

/** Real desk processes of a broken build, or of the sound one (null), on a database of their own. */
export async function stageBuild(build: BrokenBuild | null): Promise<BuildStage> {
  if (build) expectPatchesFit(build, checkout);
  const folder = mkdtempSync(join(tmpdir(), 'parlour-broken-'));
  const db = await createTestDatabase();
  const workspace = await makeWorkspace(db.pool);
  const recorder: Recorder = createRecorder(join(folder, 'histories'), 0);
  const nodes: DeskNode[] = [];
  const visitors: RawVisitor[] = [];
  const preload = pathToFileURL(join(import.meta.dirname, 'break-source.ts')).href;
  const variant = build && {
    NODE_OPTIONS: `--import ${preload}`,
    BROKEN_BUILD: build,
    BROKEN_ROOT: checkout,
  };
  return {
    db,
    workspace,
    async desk(name) {
      const node = startNode({
        name,
        port: await freePort(),
        folder,
        env: {
          NODE_ENV: 'production',
          DATABASE_URL: db.url,
          DATABASE_POOL_SIZE: '6',
          PARLOUR_DATA: folder,
          PARLOUR_SECRET: 'a secret for a build that is thrown away',
          PUBLIC_URL: 'http://desk.example',
          LOG_LEVEL: 'warn',
          ...variant,
        },
      });
      nodes.push(node);
      await node.ready();
      return node;
    },
    async visitor({ port }) {
      const url = `http://127.0.0.1:${port}`;
      const { channelKey } = workspace;
      const visitor = await arrive(`raw-${visitors.length}`, { url, channelKey, recorder });
      visitors.push(visitor);
      return visitor;
    },
    check: (idle) => checkHistory(recorder.histories(), db.pool, { only: ASKED, idle }),
    async close() {
      for (const visitor of visitors) visitor.close();
      await Promise.all(nodes.map((node) => node.stop()));
      await recorder.close();
      await db.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
