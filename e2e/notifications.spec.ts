import { expect, type Page } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { contextOf, DESK } from './support/desk.ts';
import { test } from './support/scene.ts';

interface Shown {
  title: string;
  body: string;
  tag: string;
}

/**
 * What the operating system would do: it shows notifications (here they are only written down), and
 * says whether the window is in front (Playwright's windows all believe to be).
 */
async function standInForTheSystem(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = window as Window & { shown?: Shown[]; clicks?: (() => void)[]; inFront?: boolean };
    seen.shown = [];
    seen.clicks = [];
    seen.inFront = true;
    document.hasFocus = () => seen.inFront === true;
    const Real = window.Notification;
    window.Notification = class extends Real {
      constructor(title: string, options: NotificationOptions = {}) {
        super(title, options);
        seen.shown?.push({ title, body: options.body ?? '', tag: options.tag ?? '' });
        seen.clicks?.push(() => this.dispatchEvent(new Event('click')));
      }
    };
  });
}

const shown = (page: Page) =>
  page.evaluate(() => (window as Window & { shown?: Shown[] }).shown ?? []);
const putInFront = (page: Page, inFront: boolean) =>
  page.evaluate((value) => {
    (window as Window & { inFront?: boolean }).inFront = value;
  }, inFront);

test('a console in the background calls: title, desktop notification, and their switches', async ({
  browser,
  scene,
}) => {
  const team = await scene.teamOf(['Ann']);
  const { Ann } = team.members;
  if (!Ann) throw new Error('no Ann');
  const context = await contextOf(browser, Ann, { permissions: ['notifications'] });
  const page = await context.newPage();
  await standInForTheSystem(page);
  await page.goto(`${DESK}/inbox`);
  const ann = Agent.at(page, Ann);
  await ann.setAvailability('Available');
  await expect(page).toHaveTitle(/^Inbox/);

  await putInFront(page, false);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('Anybody in the background?');
  await expect(ann.offer).toContainText('Anybody in the background?');
  await expect(page).toHaveTitle(/^\(1\) Inbox/);
  await expect.poll(() => shown(page)).toHaveLength(1);
  const [first] = await shown(page);
  expect(first?.title).toMatch(/^New conversation from /);
  expect(first?.body).toBe('Anybody in the background?');

  await test.step('in front nothing pops up', async () => {
    await putInFront(page, true);
    await ann.accept();
    await expect(page).toHaveTitle(/^Inbox/);
    await visitor.send('You are looking at this');
    await ann.sees('You are looking at this');
    expect(await shown(page)).toHaveLength(1);
  });

  await test.step('a message while away counts, and a click leads to it', async () => {
    await page.goto(`${DESK}/inbox`);
    // What the page finds when it loads is no news.
    await expect(page.getByRole('link', { name: /You are looking at this/ })).toBeVisible();
    await putInFront(page, false);
    await visitor.send('Still there?');
    await expect(page).toHaveTitle(/^\(1\) Inbox/);
    await expect.poll(() => shown(page)).toHaveLength(1);
    expect((await shown(page))[0]?.body).toBe('Still there?');
    await putInFront(page, true);
    await page.evaluate(() => {
      for (const click of (window as Window & { clicks?: (() => void)[] }).clicks ?? []) click();
    });
    await ann.sees('Still there?');
    await expect(page).toHaveTitle(/^Inbox/);
  });

  await test.step('switched off, the desktop stays quiet; the title still counts', async () => {
    await ann.account.click();
    const sound = page.getByRole('menuitemcheckbox', { name: 'Sound' });
    await expect(sound).toBeChecked();
    await sound.click();
    await expect(sound).not.toBeChecked();
    const desktop = page.getByRole('menuitemcheckbox', { name: 'Desktop notifications' });
    await expect(desktop).toBeChecked();
    await desktop.click();
    await expect(desktop).not.toBeChecked();
    await page.keyboard.press('Escape');
    await page.goto(`${DESK}/inbox`);
    await expect(page.getByRole('link', { name: /Still there/ })).toBeVisible();
    await putInFront(page, false);
    await visitor.send('Quietly now');
    await expect(page).toHaveTitle(/^\(1\) Inbox/);
    expect(await shown(page)).toHaveLength(0);
    await putInFront(page, true);
    // Kept on this device.
    await ann.account.click();
    await expect(sound).not.toBeChecked();
    await expect(desktop).not.toBeChecked();
  });
  await context.close();
});
