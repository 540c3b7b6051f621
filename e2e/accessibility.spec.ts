import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { test } from './support/scene.ts';

const LOOKS = [
  { locale: 'en', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'zh-CN', colorScheme: 'dark' },
] as const;

/** Nothing moves any more: axe would measure the contrast of a half-faded dialog. */
async function settled(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    await frame.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
          .map((animation) => animation.finished.catch(() => undefined)),
      ),
    );
  }
}

/** axe finds nothing on what is shown. */
async function expectClean(page: Page, where: string, within?: string[]): Promise<void> {
  await test.step(`axe: ${where}`, async () => {
    await settled(page);
    let axe = new AxeBuilder({ page });
    if (within) axe = axe.include(within);
    const { violations } = await axe.analyze();
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`),
    }));
    expect.soft(found, where).toEqual([]);
  });
}

for (const { locale, colorScheme } of LOOKS) {
  test(`axe finds nothing in the panel: ${locale}, ${colorScheme}`, async ({ browser, scene }) => {
    test.slow();
    const team = await scene.teamOf(['Ann']);
    const visitor = await scene.newVisitor({ locale, colorScheme });
    const { page, panel } = visitor;
    const widget = ['parlour-widget', 'iframe'];
    const open = async () => {
      await page.goto(scene.shop.origin);
      await page.locator('parlour-widget button').click();
      await expect(panel.getByRole('dialog')).toBeVisible();
    };
    await open();
    await expect(panel.locator('form.card')).toBeVisible();
    await expectClean(page, 'offline form', widget);
    await panel.locator('form.card button').click();
    await expect(panel.getByRole('alert')).toBeVisible();
    await expectClean(page, 'offline form with a mistake', widget);

    const ann = await Agent.open(browser, team.members.Ann);
    await open();
    const composer = panel.locator('.composer textarea');
    await expect(composer).toBeVisible();
    await expectClean(page, 'greeting', widget);
    await composer.fill('Do you ship? https://example.com/shipping');
    await composer.press('Enter');
    await ann.accept();
    await ann.reply('Yes, https://example.com/yes');
    await expect(panel.getByText('https://example.com/yes')).toBeVisible();
    await expectClean(page, 'conversation', widget);
    await ann.end();
    await expect(panel.getByRole('radio').first()).toBeAttached();
    await panel.getByRole('radio').nth(3).check({ force: true });
    await expect(panel.locator('form.card textarea')).toBeVisible();
    await expectClean(page, 'rating', widget);
    await panel.locator('header button').first().click();
    await expect(panel.locator('.list')).toBeVisible();
    await expectClean(page, 'list', widget);
    await ann.context.close();
  });
}
