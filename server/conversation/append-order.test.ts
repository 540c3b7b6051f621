import { expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { until } from '#server/test/clock.ts';
import { type Fault, faultyPool } from '#server/test/faulty-pool.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { openOne, say } from '#server/test/talk.ts';

const world = nodesForFile();

/** Holds back the next statement that matches once it is armed, until opened. */
class Gate {
  readonly #pattern: RegExp;
  #armed: boolean;
  #release: () => void = () => undefined;
  reached = false;

  constructor(pattern: RegExp, armed = true) {
    this.#pattern = pattern;
    this.#armed = armed;
  }

  arm(): void {
    this.#armed = true;
  }

  open(): void {
    this.#release();
  }

  faultOf(sql: string): Fault {
    if (!this.#armed || this.reached || !this.#pattern.test(sql)) return 'pass';
    this.reached = true;
    return {
      until: new Promise<void>((resolve) => {
        this.#release = resolve;
      }),
    };
  }
}

/** A node of whose statements those gates hold back what is theirs. */
function gatedNode(...gates: Gate[]) {
  const faultOf = (sql: string): Fault => {
    for (const gate of gates) {
      const fault = gate.faultOf(sql);
      if (fault !== 'pass') return fault;
    }
    return 'pass';
  };
  return world.makeNode({ pool: faultyPool(world.db.pool, faultOf) });
}

/**
 * A visitor whose first message waits in a lane of `node`, about to be told that another node opened
 * `theirs` for them; `redirected` holds it there.
 */
async function overtaken() {
  const visitor = await world.anyVisitor();
  const [ours, theirs] = [uuidv7(), uuidv7()];
  const opening = new Gate(/^COMMIT/);
  const first = say(gatedNode(opening), visitor.ctx, theirs, 'opened there');
  await until(() => opening.reached);
  // In a lane a lock is waited for 100 ms the first time; a group waits longer.
  const inLane = new Gate(/lock_timeout = 100$/);
  const redirected = new Gate(/AS taken,/);
  const committing = new Gate(/^COMMIT/, false);
  const node = gatedNode(inLane, redirected, committing);
  const sent = [say(node, visitor.ctx, ours, 'one')];
  await until(() => inLane.reached);
  opening.open();
  await first;
  inLane.open();
  await until(() => redirected.reached);
  return { node, visitor, ours, theirs, sent, redirected, committing };
}

const textsOf = async (id: string) => (await world.messages(id)).map(({ data }) => data.text);

test('what came behind a message that goes on elsewhere comes before what its sender writes there next', async () => {
  const { node, visitor, ours, theirs, sent, redirected } = await overtaken();
  sent.push(say(node, visitor.ctx, ours, 'two'));
  redirected.open();
  const [answer] = await Promise.all(sent.slice(0, 1));
  expect(answer?.conversationId).toBe(theirs);
  sent.push(say(node, visitor.ctx, theirs, 'three'));
  await Promise.all(sent);
  expect(await textsOf(theirs)).toEqual(['opened there', 'one', 'two', 'three']);
});

test('messages that go on elsewhere while the queue stands still keep their order', async () => {
  const bystander = await world.anyVisitor();
  const elsewhere = await openOne(world.makeNode(), bystander);
  const { node, visitor, ours, theirs, sent, redirected, committing } = await overtaken();
  committing.arm();
  const other = say(node, bystander.ctx, elsewhere, 'busy');
  await until(() => committing.reached);
  sent.push(say(node, visitor.ctx, ours, 'two'));
  redirected.open();
  await until(() => node.waiting().queue === 2);
  committing.open();
  await Promise.all([other, ...sent]);
  expect(await textsOf(theirs)).toEqual(['opened there', 'one', 'two']);
});
