import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { contextOf, DESK, type TeamMember } from './support/desk.ts';
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

/** One look for all pages of a context: the cookie and the system's colours. */
async function speaks(context: BrowserContext, locale: string): Promise<void> {
  await context.addCookies([{ name: 'parlour_locale', value: locale, url: DESK }]);
}

for (const { locale, colorScheme } of LOOKS) {
  test(`axe finds nothing in the console: ${locale}, ${colorScheme}`, async ({
    browser,
    scene,
  }) => {
    test.slow();
    const team = await scene.teamOf(['Ann', 'Bo'], { roles: { Ann: 'admin' } });
    const ann = team.members.Ann as TeamMember;
    const outside = await browser.newContext({ colorScheme });
    await speaks(outside, locale);
    const signIn = await outside.newPage();
    await signIn.goto(`${DESK}/sign-in`);
    await expect(signIn.locator('input[name=email]')).toBeVisible();
    await expectClean(signIn, 'sign-in');
    await signIn.locator('button[type=submit]').click();
    await expect(signIn.locator('[aria-invalid=true]')).toHaveCount(2);
    await expectClean(signIn, 'sign-in with mistakes');
    await signIn.goto(`${DESK}/setup`);
    await expectClean(signIn, 'setup of a desk that is set up or a demo');
    await outside.close();

    const away = await contextOf(browser, team.members.Bo as TeamMember, { colorScheme });
    await speaks(away, locale);
    const empty = await away.newPage();
    await empty.goto(`${DESK}/inbox`);
    await expect(empty.locator('h1')).toBeAttached();
    await expect(empty.getByRole('menu')).toHaveCount(0);
    await expect(empty.locator('[aria-haspopup=menu]').first()).toBeVisible();
    await expectClean(empty, 'empty inbox');
    await away.close();

    // Availability is set in English; the look begins with the next load.
    const agent = await Agent.open(browser, ann, { colorScheme });
    await speaks(agent.context, locale);
    const { page } = agent;
    await page.reload();
    await expect(page.locator('[aria-haspopup=menu]').first()).toBeVisible();
    const visitor = await scene.newVisitor();
    await visitor.visit(scene.shop.origin);
    await visitor.send('Hello there, https://example.com/page');
    await expect(page.getByRole('timer')).toBeVisible();
    await expectClean(page, 'offer');
    await page.keyboard.press('a');
    const editor = page.locator('textarea');
    await expect(editor).toBeVisible();
    await page.keyboard.press('r');
    await editor.fill('An answer');
    await editor.press('Enter');
    await visitor.sees('An answer');
    await visitor.send('And a question more');
    await agent.page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await editor.fill('A note of ours');
    await editor.press('Enter');
    await expect(page.getByText('A note of ours').first()).toBeVisible();
    await expectClean(page, 'conversation with details');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectClean(page, 'shortcuts');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await agent.context.close();
  });

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
