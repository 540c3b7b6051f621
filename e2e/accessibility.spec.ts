import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { expectClean } from './support/axe.ts';
import { contextOf, DESK, type TeamMember } from './support/desk.ts';
import { test } from './support/scene.ts';

interface Look {
  locale: 'en' | 'zh-CN';
  colorScheme: 'light' | 'dark';
}

/** Colours depend on the scheme alone and names on the language alone: two looks see all of both. */
const LOOKS: readonly Look[] = [
  { locale: 'en', colorScheme: 'light' },
  { locale: 'zh-CN', colorScheme: 'dark' },
];

const SETTINGS = ['members', 'queues', 'skills', 'channels', 'replies', 'audit'];

/** One look for all pages of a context: the cookie and the system's colours. */
async function speaks(context: BrowserContext, locale: string): Promise<void> {
  await context.addCookies([{ name: 'parlour_locale', value: locale, url: DESK }]);
}

/** A signed-in page at `path` in this look. */
async function pageOf(browser: Browser, member: TeamMember, path: string, look: Look) {
  const context = await contextOf(browser, member, { colorScheme: look.colorScheme });
  await speaks(context, look.locale);
  const page = await context.newPage();
  await page.goto(`${DESK}${path}`);
  await expect(page.locator('html')).toHaveAttribute('lang', look.locale);
  await expect(page.locator('aside [aria-haspopup=menu]').first()).toBeVisible();
  return page;
}

/** What `open` opens is clean, and Escape closes it. */
async function expectCleanDialog(page: Page, where: string, open: () => Promise<void>) {
  const dialog = page.getByRole('dialog');
  await open();
  await expect(dialog).toBeVisible();
  await expectClean(page, where);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

for (const look of LOOKS) {
  const { locale, colorScheme } = look;
  const name = `${locale}, ${colorScheme}`;

  test(`axe finds nothing in sign-in: ${name}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme });
    await speaks(context, locale);
    const page = await context.newPage();
    await page.goto(`${DESK}/sign-in`);
    await expect(page.locator('input[name=email]')).toBeVisible();
    await expectClean(page, 'sign-in');
    await page.locator('button[type=submit]').click();
    await expect(page.locator('[aria-invalid=true]')).toHaveCount(2);
    await expectClean(page, 'sign-in with mistakes');
    await page.goto(`${DESK}/setup`);
    await expect(page.locator('h1')).toBeVisible();
    await expectClean(page, 'setup of a desk that is set up or a demo');
    await context.close();
  });

  test(`axe finds nothing in the inbox: ${name}`, async ({ browser, scene }) => {
    test.slow();
    const team = await scene.teamOf(['Ann', 'Bo'], { roles: { Ann: 'admin' } });
    const empty = await pageOf(browser, team.members.Bo as TeamMember, '/inbox', look);
    await expect(empty.locator('h1')).toBeAttached();
    await expectClean(empty, 'empty inbox');
    await empty.locator('aside [aria-haspopup=menu]').click();
    await expect(empty.getByRole('menu')).toBeVisible();
    // Only the menu: it holds the focus while the page behind it is hidden from screen readers,
    // which axe grants to dialogs alone.
    await expectClean(empty, 'account menu', ['[role=menu]']);
    await empty.context().close();

    // Availability is set in English; the look begins with the next load.
    const agent = await Agent.open(browser, team.members.Ann, { colorScheme });
    await speaks(agent.context, locale);
    const { page } = agent;
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', locale);
    await expect(page.locator('aside [aria-haspopup=menu]').first()).toBeVisible();
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
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await editor.fill('A note of ours');
    await editor.press('Enter');
    await expect(page.getByText('A note of ours').first()).toBeVisible();
    await expectClean(page, 'conversation with details');
    await page.keyboard.press('Escape');

    // Run alone, nobody else is connected: a list with nothing to choose.
    await expectCleanDialog(page, 'transfer dialog', () => page.keyboard.press('t'));
    await expectCleanDialog(page, 'shortcuts', () => page.keyboard.press('?'));
    await agent.context.close();
  });

  test(`axe finds nothing in settings: ${name}`, async ({ browser, scene }) => {
    test.slow();
    const team = await scene.teamOf(['Ann'], { roles: { Ann: 'admin' } });
    const start = `/admin/${SETTINGS[0]}`;
    const page = await pageOf(browser, team.members.Ann as TeamMember, start, look);
    for (const section of SETTINGS) {
      if (section !== SETTINGS[0]) await page.goto(`${DESK}/admin/${section}`);
      await expect(page.locator('main h1')).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      await expectClean(page, section);
      if (section === 'audit') continue;
      await expectCleanDialog(page, `${section}: dialog`, () =>
        page.locator('main header:has(h1) button').first().click(),
      );
    }
    await page.context().close();
  });

  test(`axe finds nothing in the panel: ${name}`, async ({ browser, scene }) => {
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
