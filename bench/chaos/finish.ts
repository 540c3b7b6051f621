import { readFileSync } from 'node:fs';
import { untilInStep, untilSettled } from './healing.ts';
import type { Violation } from './history.ts';
import { lookAtDatabase } from './world/database-view.ts';
import type { World } from './world/world.ts';

const PATIENCE_MS = 60_000;
/** Leases of a node end 15 s after it stops; what is read while all stand still must be read by then. */
const TRIES = 60;

/** Lines of a node's log that only a bug writes. */
const FATAL = /"level":"fatal"/;

const broken = (rule: string, text: string, evidence: unknown[] = []): Violation => ({
  rule,
  text,
  evidence,
});

/**
 * Stops every node between two instructions, so that database and pages are one picture, and asks
 * `check` about it. Whoever was just being told something is given time, and asked again.
 */
async function stillPicture(world: World, check: () => Promise<Violation[]>): Promise<Violation[]> {
  let behind: string[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    for (const node of world.nodes) node.freeze();
    // What was sent already still arrives.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const view = await lookAtDatabase(world.pool, world.team.workspaceId);
    behind = world.people.flatMap((person) => {
      const why = person.behind(view);
      return why === null ? [] : [`${person.name}: ${why}`];
    });
    if (behind.length === 0) {
      for (const person of world.people) person.noteInStep(view);
      const found = await check();
      for (const node of world.nodes) node.proceed();
      return found;
    }
    for (const node of world.nodes) node.proceed();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const text = `at the end these were not in step: ${behind.join('; ')}`;
  return [broken('everyone in step', text), ...(await check())];
}

/** The end of a run: everything settles, is checked, and goes down in good order. */
export async function finish(
  world: World,
  check: () => Promise<Violation[]>,
): Promise<Violation[]> {
  const found: Violation[] = [];
  await untilInStep(world, PATIENCE_MS);
  if (!(await untilSettled(world, PATIENCE_MS))) {
    found.push(
      broken('I3 offers end', 'offers or transfers were still open a minute after the end'),
    );
  }
  found.push(...(await stillPicture(world, check)));
  for (const person of world.people) person.destroy();
  await world.stopNodes();
  for (const node of world.nodes) {
    const crashes = node.crashes();
    if (crashes.length > 0) found.push(broken('nodes end in good order', crashes.join('; ')));
    const fatal = readFileSync(node.log, 'utf8')
      .split('\n')
      .filter((line) => FATAL.test(line));
    if (fatal.length > 0) {
      found.push(broken('nodes do not crash', `${node.name} logged fatal errors`, fatal));
    }
  }
  return found;
}
