import { expect, type Locator, type Page } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { Caller, multiply } from './support/crowd.ts';
import { test } from './support/scene.ts';

// Recording what each action did takes the page's main thread longer than the console does.
test.use({ trace: 'off' });

const OPEN = 10_000;
const CALLERS = 25;
/** Between two messages: 50 a second. */
const EVERY_MS = 20;
/** Rows in the window and around it. */
const MOST_ROWS = 60;
/** px of a row, and above and below all rows. */
const ROW = 78;
const PADDING = 12;

/** Durations in ms of tasks of the page's main thread; the browser tells those of 50 and more. */
interface Seen {
  tasks: number[];
  mostRows: number;
}
type Watched = Window & { seen?: Seen };

/** Watches the page from inside, so cheaply that it is not itself what is measured. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Seen = { tasks: [], mostRows: 0 };
    (window as Watched).seen = seen;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: 'longtask' });
    const look = () => {
      const list = document.querySelector('[aria-setsize]')?.parentElement;
      seen.mostRows = Math.max(seen.mostRows, list?.childElementCount ?? 0);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** What was seen since the last time, noted down with the test. */
async function note(page: Page, while_: string): Promise<Seen> {
  const seen = await page.evaluate(() => {
    const { seen: now } = window as Watched;
    const taken = { tasks: now?.tasks.splice(0) ?? [], mostRows: now?.mostRows ?? 0 };
    if (now) now.mostRows = 0;
    return taken;
  });
  const longest = Math.max(0, ...seen.tasks);
  const description =
    longest === 0
      ? 'no task of 50 ms'
      : `longest task ${longest} ms, ${seen.tasks.length} of 50 ms and more`;
  test.info().annotations.push({ type: `main thread ${while_}`, description });
  return seen;
}

/** Messages of all callers in turn at 50 a second; resolves when each is acknowledged. */
async function talk(callers: readonly Caller[], messages: number, what: string): Promise<void> {
  // A caller's own messages go one after the other, as an outbox sends them.
  const queues = new Map<Caller, Promise<void>>();
  for (let n = 0; n < messages; n++) {
    const caller = callers[n % callers.length] as Caller;
    const before = queues.get(caller) ?? Promise.resolve();
    queues.set(
      caller,
      before.then(() => caller.send(`${what} ${n}`)),
    );
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  await Promise.all(queues.values());
}

/** Over the list's middle, turned until `over` is. */
async function wheel(list: Locator, over: Promise<unknown>): Promise<void> {
  const { mouse } = list.page();
  const box = await list.locator('xpath=..').boundingBox();
  if (!box) throw new Error('the list is not shown');
  await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  let ended = false;
  const end = over.finally(() => {
    ended = true;
  });
  for (let n = 0; !ended; n++) {
    // A while down, then up again.
    await mouse.wheel(0, n % 80 < 60 ? 400 : -400);
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await end;
}

test('10,000 open conversations and 50 messages a second', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const template = await Caller.arrive(team.publicKey);
  await template.send('One of many');
  const remove = await multiply(template.conversationId, OPEN - CALLERS - 1);
  try {
    const callers = await Promise.all(
      Array.from({ length: CALLERS }, () => Caller.arrive(team.publicKey)),
    );
    await Promise.all(callers.map((caller) => caller.send('Is anybody there?')));
    // As the list has them.
    callers.sort((a, b) => (a.conversationId < b.conversationId ? 1 : -1));
    const newest = callers.slice(0, 3);

    const { Ann } = team.members;
    if (!Ann) throw new Error('no Ann');
    const page = await Agent.openPage(browser, Ann);
    await watch(page);
    await page.goto(`${page.url()}?view=all`);
    const list = page.getByRole('list', { name: 'All open' });
    const rows = list.locator('[data-row]');
    const scrollTo = (where: 'top' | 'end') =>
      list.evaluate((element, to) => {
        const scroller = element.parentElement as HTMLElement;
        scroller.scrollTop = to === 'top' ? 0 : scroller.scrollHeight;
      }, where);
    const expectNewest = async () => {
      for (const [at, caller] of newest.entries()) {
        await expect(rows.nth(at)).toHaveAttribute('data-row', caller.conversationId);
        await expect(rows.nth(at)).toContainText(caller.last);
      }
    };

    await expectNewest();
    await note(page, 'opening');
    await expect(page.getByRole('link', { name: /^All open/ })).toContainText('999+');

    await test.step('scrolling to the end goes on loading until all are there', async () => {
      await list.evaluate(async (element, all) => {
        const scroller = element.parentElement as HTMLElement;
        while (element.querySelector('li')?.getAttribute('aria-setsize') !== all) {
          scroller.scrollTop = scroller.scrollHeight;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      }, String(OPEN));
      await scrollTo('end');
      await expect(list.getByText(`Caller ${OPEN - CALLERS - 1}`, { exact: true })).toBeVisible();
      const height = await list.evaluate((element) => element.clientHeight);
      expect(height).toBe(OPEN * ROW + PADDING);
      expect((await note(page, 'while loading')).mostRows).toBeLessThanOrEqual(MOST_ROWS);
      await scrollTo('top');
      await expectNewest();
    });

    await test.step('rows in sight follow what is said', async () => {
      await note(page, 'going up');
      await talk(callers, 150, 'while you look');
      await expectNewest();
      expect((await note(page, 'looking on')).mostRows).toBeLessThanOrEqual(MOST_ROWS);
    });

    await test.step('scrolled rows are as few, and come back with what was said meanwhile', async () => {
      await wheel(list, talk(callers, 400, 'while you scroll'));
      expect((await note(page, 'scrolling')).mostRows).toBeLessThanOrEqual(MOST_ROWS);
      await scrollTo('top');
      await expectNewest();
    });

    await test.step('one more is the first of all by itself', async () => {
      const late = await Caller.arrive(team.publicKey);
      await late.send('The very newest');
      await expect(rows.first()).toHaveAttribute('data-row', late.conversationId);
      await expect(rows.first()).toContainText('The very newest');
      await expect(list.locator('li').first()).toHaveAttribute('aria-setsize', String(OPEN + 1));
    });
    await page.context().close();
  } finally {
    await remove();
  }
});
