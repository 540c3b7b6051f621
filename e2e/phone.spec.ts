import { devices, expect, type Page } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { test } from './support/scene.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
/** A phone of 390 × 844 with touch and a mobile browser's name. */
const PHONE = { ...pixel, viewport: { width: 390, height: 844 } };

/** Nothing is wider than the screen. */
async function expectNoSideways(page: Page): Promise<void> {
  const wide = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  await expect.poll(wide).toBeLessThanOrEqual(0);
}

test('the panel fills a phone’s screen, and gives it back', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor(PHONE);
  const { page, panel } = visitor;
  await page.goto(scene.shop.origin);
  await page.getByRole('button', { name: /^Open chat/ }).tap();
  const dialog = panel.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await expect
    .poll(() => page.locator('parlour-widget iframe').boundingBox())
    .toEqual({ x: 0, y: 0, width: 390, height: 844 });

  // Below 16 px iOS zooms into a field that gets the focus.
  const size = await visitor.composer.evaluate((field) => getComputedStyle(field).fontSize);
  expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(16);
  await visitor.composer.tap();
  const long = 'Averylongwordwithoutanyplacetobreakit'.repeat(6);
  await visitor.send(`From a phone ${long}`);
  await visitor.sees(/From a phone/);
  await ann.accept();
  await ann.reply(`https://example.com/${'path'.repeat(40)}`);
  await visitor.sees(/example\.com/);
  const inner = await dialog.evaluate(
    (element) =>
      element.ownerDocument.documentElement.scrollWidth -
      element.ownerDocument.documentElement.clientWidth,
  );
  expect(inner).toBe(0);
  const log = await visitor.log.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(log).toBe(0);
  await expectNoSideways(page);

  const send = panel.getByRole('button', { name: 'Send' });
  const box = await send.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(32);

  await panel.getByRole('button', { name: 'Close chat' }).tap();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: /^Open chat/ })).toBeVisible();
  await page.getByRole('link', { name: 'Lamps' }).tap();
  await expect(page.getByRole('heading', { name: 'Shop /lamps' })).toBeVisible();
});

test('the console on a phone: list, conversation, details, and back', async ({
  browser,
  scene,
}) => {
  const team = await scene.teamOf(['Ann']);
  const [member] = Object.values(team.members);
  if (!member) throw new Error('the team is empty');
  // The account stands in the drawer here, so that it is opened first.
  const page = await Agent.openPage(browser, member, PHONE);
  await page.getByRole('button', { name: 'Open navigation' }).tap();
  await page.getByRole('button', { name: 'Account and settings' }).tap();
  await page.getByRole('menuitemradio', { name: /^Available/ }).tap();
  await expect(page.getByRole('button', { name: 'Account and settings' })).toContainText(
    'Available',
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Open navigation' })).toBeVisible();
  await expect(page.getByText('Nothing on your plate')).toBeVisible();
  await expectNoSideways(page);

  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('Is this a phone?');
  const offer = page.getByRole('region', { name: 'Incoming' });
  await expect(offer).toContainText('Is this a phone?');
  const card = await offer.boundingBox();
  expect(card?.x).toBeGreaterThanOrEqual(0);
  expect((card?.x ?? 0) + (card?.width ?? 0)).toBeLessThanOrEqual(390);
  await offer.getByRole('button', { name: 'Accept' }).tap();

  const editor = page.getByRole('textbox', { name: /^Reply to/ });
  const list = page.getByRole('list', { name: 'Mine' });
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(editor).toBeVisible();
  await expect(list).toBeHidden();
  const size = await editor.evaluate((field) => getComputedStyle(field).fontSize);
  expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(16);
  await editor.tap();
  await page.keyboard.type('Yes, it is');
  await page.getByRole('button', { name: 'Send reply' }).tap();
  await visitor.sees('Yes, it is');
  await expectNoSideways(page);

  await test.step('details are a screen of their own', async () => {
    await page.getByRole('button', { name: 'Details', exact: true }).tap();
    await expect(details).toBeVisible();
    await expect(editor).toBeHidden();
    await expect(details.getByText('Shop /')).toBeVisible();
    await expectNoSideways(page);
    await page.goBack();
    await expect(details).toBeHidden();
    await expect(editor).toBeVisible();
  });

  await test.step('back leads to the list, forward to the conversation', async () => {
    await page.goBack();
    await expect(list).toBeVisible();
    await expect(editor).toBeHidden();
    await page.goForward();
    await expect(editor).toBeVisible();
    await page.getByRole('button', { name: 'Back to the list' }).tap();
    await expect(list).toBeVisible();
    await list.getByRole('link', { name: /Yes, it is/ }).tap();
    await expect(editor).toBeVisible();
  });

  await test.step('the dialog of transfers fits', async () => {
    await page.getByRole('button', { name: 'Transfer', exact: true }).tap();
    const dialog = page.getByRole('dialog', { name: 'Transfer conversation' });
    await expect(dialog).toBeVisible();
    // It rises from the lower edge.
    const fits = async () => {
      const box = await dialog.boundingBox();
      return (
        box !== null &&
        box.x >= 0 &&
        box.x + box.width <= 390 &&
        box.y >= 0 &&
        box.y + box.height <= 844
      );
    };
    await expect.poll(fits).toBe(true);
    await dialog.getByRole('button', { name: 'Close' }).tap();
    await expect(dialog).toBeHidden();
  });
  await page.context().close();
});
