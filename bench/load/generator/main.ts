import { Crowd, type Listening } from './crowd.ts';
import type { Answer, Order } from './orders.ts';
import { Press } from './press.ts';
import { Run } from './run.ts';

/** One generator process: `fork`ed by the fleet, which tells it what to do. */

let crowd: Crowd | null = null;
let current: Listening | null = null;

const tell = (answer: Answer) => process.send?.(answer);

function theCrowd(): Crowd {
  if (!crowd) throw new Error('not connected yet');
  return crowd;
}

async function follow(order: Order): Promise<void> {
  switch (order.type) {
    case 'connect': {
      const begun = performance.now();
      crowd = new Crowd(order.talks, order.number, order.seed, {
        acked: (number) => current?.acked(number),
        refused: (code, number, ms) => current?.refused(code, number, ms),
        delivered: (number) => current?.delivered(number),
        hinted: () => current?.hinted(),
      });
      await crowd.connect(order.agents);
      tell({ type: 'connected', ms: performance.now() - begun });
      return;
    }
    case 'run': {
      const run = new Run(theCrowd);
      current = run;
      const report = await run.work(order.run, (type) => tell({ type }));
      tell({ type: 'ran', report });
      return;
    }
    case 'press': {
      const press = new Press(theCrowd);
      current = press;
      const report = await press.work(order.press, (type) => tell({ type }));
      tell({ type: 'pressed', report });
      return;
    }
    case 'ledger': {
      const { books, problems, number } = theCrowd();
      const { count } = books;
      tell({
        type: 'ledger',
        ledger: {
          number,
          talk: books.talk.slice(0, count),
          seq: books.seq.slice(0, count),
          problems: problems.list(),
        },
      });
      return;
    }
    default:
      order satisfies never;
  }
}

process.on('message', (order: Order) => {
  follow(order).catch((error: unknown) => {
    tell({
      type: 'failed',
      why: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
});
process.on('disconnect', () => process.exit(0));
