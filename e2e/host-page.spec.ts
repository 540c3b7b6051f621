import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { makeTeam, type Team } from './support/desk.ts';
import {
  type DeskFront,
  openDeskFront,
  openHost,
  scriptTag,
  watchShifts,
} from './support/host-page.ts';
import { Visitor } from './support/visitor.ts';

let team: Team;
let front: DeskFront;
let host: Awaited<ReturnType<typeof openHost>>;
let body = '';

test.beforeAll(async () => {
  front = await openDeskFront();
  host = await openHost(() => body);
  team = await makeTeam([], { origins: [host.origin, front.origin] });
});
test.afterAll(async () => {
  await host.close();
  await front.close();
});
test.beforeEach(() => {
  front.mood = () => 'pass';
  body = scriptTag(front.origin, team.publicKey);
});

const launcher = (page: Page) => page.locator('parlour-widget button');
const isPanelPage = (url: string) => new URL(url).pathname === `/widget/${team.publicKey}`;

/** Nobody serves this team's queue, so that the panel begins with its form. */
async function begin(visitor: Visitor, text: string) {
  await visitor.panel.getByLabel('How can we help?').fill(text);
  await visitor.panel.getByLabel('E-mail').fill('ada@example.test');
  await visitor.panel.getByRole('button', { name: 'Send message' }).click();
  await visitor.sees(text);
  await expect(visitor.panel.getByText('We’ll reply to ada@example.test')).toBeVisible();
}

async function pageIsUsable(page: Page) {
  await page.locator('#buy').click();
  await expect(page.locator('#buy')).toHaveText('bought');
}

test('a desk that refuses leaves no trace on the page', async ({ page }) => {
  const shifts = await watchShifts(page);
  front.mood = () => 'refuse';
  await page.goto(host.origin);
  await pageIsUsable(page);
  await expect(launcher(page)).toHaveCount(0);
  // The script is there (from a cache), and only then the desk refuses.
  front.mood = (path) => (path.startsWith('/widget/loader.js') ? 'pass' : 'refuse');
  const refused = page.waitForEvent('requestfailed', (r) => r.url().includes('/appearance'));
  await page.goto(host.origin);
  await refused;
  await pageIsUsable(page);
  await expect(page.locator('parlour-widget')).toHaveCount(0);
  expect(await shifts()).toBe(0);
});

test('a desk that hangs leaves no trace on the page, and the button comes when it answers', async ({
  page,
}) => {
  const shifts = await watchShifts(page);
  front.mood = () => 'hang';
  await page.goto(host.origin, { waitUntil: 'domcontentloaded' });
  await pageIsUsable(page);
  await expect(page.locator('parlour-widget')).toHaveCount(0);

  front.mood = (path) => (path.includes('/appearance') ? 'hang' : 'pass');
  const asked = page.waitForRequest((r) => r.url().includes('/appearance'));
  await page.goto(host.origin);
  await asked;
  await pageIsUsable(page);
  await expect(page.locator('parlour-widget')).toHaveCount(0);
  front.mood = () => 'pass';
  // It gives the first attempt up by itself and asks again.
  await expect(launcher(page)).toBeVisible({ timeout: 30_000 });
  expect(await shifts()).toBe(0);
});

test('a panel that hangs never covers the page, and says so in the end', async ({ page }) => {
  front.mood = (path) => (path === `/widget/${team.publicKey}` ? 'hang' : 'pass');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(host.origin);
  await launcher(page).click();
  await expect(page.locator('parlour-widget .busy')).toBeAttached();
  await expect(page.locator('parlour-widget .box')).toBeHidden();
  await pageIsUsable(page);
  await expect(page.getByText('Chat can’t be reached right now.')).toBeVisible({ timeout: 25_000 });
  await expect(page.locator('parlour-widget iframe')).toHaveCount(0);
  front.mood = () => 'pass';
  await launcher(page).click();
  await expect(new Visitor(page).panel.getByRole('dialog')).toBeVisible();
});

test('a desk that dies in mid-chat: nothing typed is lost, the page stays as it is', async ({
  page,
}) => {
  const shifts = await watchShifts(page);
  const visitor = new Visitor(page);
  await visitor.visit(host.origin);
  await begin(visitor, 'before it died');
  front.mood = () => 'refuse';
  front.cut();
  await visitor.send('while it was dead');
  await expect(visitor.panel.getByText(/Waiting for the network/)).toBeVisible();
  await expect(visitor.panel.getByText('Waiting to send')).toBeVisible();
  await visitor.composer.press('Escape');
  await expect(page.locator('parlour-widget .box')).toBeHidden();
  await pageIsUsable(page);
  front.mood = () => 'pass';
  await visitor.open();
  await expect(visitor.panel.getByText('Sent', { exact: true })).toBeVisible({ timeout: 40_000 });
  await visitor.expectOnce('before it died', 'while it was dead');
  expect(await shifts()).toBe(0);
});

test('included twice it starts once', async ({ page }) => {
  body = scriptTag(front.origin, team.publicKey).repeat(2);
  await page.goto(host.origin);
  await expect(launcher(page)).toHaveCount(1);
  await page.addScriptTag({ url: `${front.origin}/widget/loader.js?again` });
  await expect(launcher(page)).toHaveCount(1);
});

test('nothing of the panel is fetched before the first opening, and no cookie is set', async ({
  page,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  const visitor = new Visitor(page);
  await page.goto(host.origin);
  await expect(launcher(page)).toBeVisible();
  expect(fetched).toEqual(['/', '/widget/loader.js', `/widget/${team.publicKey}/appearance`]);
  const panel = page.waitForResponse((response) => isPanelPage(response.url()));
  await visitor.open();
  const headers = await (await panel).allHeaders();
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['content-security-policy']).toContain(host.origin);
  expect(await page.context().cookies()).toEqual([]);
});

test('calls made before the script came are kept; events tell the page', async ({ page }) => {
  body = `<script>
    window.Parlour = function () { (Parlour.q = Parlour.q || []).push(arguments) };
    window.heard = [];
    for (const name of ['ready', 'open', 'close']) Parlour('on', name, () => heard.push(name));
    Parlour('setLocale', 'zh-CN');
    Parlour('show');
  </script>${body}`;
  await page.goto(host.origin);
  const visitor = new Visitor(page);
  await expect(visitor.panel.getByRole('dialog')).toBeVisible();
  await expect(visitor.panel.getByRole('button', { name: '提交留言' })).toBeVisible();
  await page.evaluate("Parlour('hide')");
  await expect(page.locator('parlour-widget .box')).toBeHidden();
  expect(await page.evaluate('heard')).toEqual(['ready', 'open', 'close']);
  await page.evaluate("Parlour('destroy')");
  await expect(page.locator('parlour-widget')).toHaveCount(0);
  expect(await page.evaluate('typeof Parlour')).toBe('undefined');
});

test('a page view of a single-page app reaches the desk', async ({ page }) => {
  const sent: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => sent.push(String(payload))),
  );
  const visitor = new Visitor(page);
  await visitor.visit(host.origin);
  await expect(visitor.panel.getByText('Leave a message', { exact: true })).toBeVisible();
  await page.evaluate("history.pushState(null, '', '/lamps'); document.title = 'Lamps'");
  await expect
    .poll(
      () => sent.filter((frame) => frame.includes('page.view') && frame.includes('/lamps')).length,
    )
    .toBe(1);
  expect(sent.find((frame) => frame.includes('page.view'))).toContain('Lamps');
});

test('third-party storage that throws: the conversation outlives a reload', async ({ page }) => {
  await page.addInitScript(() => {
    if (window === window.top) return;
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  const visitor = new Visitor(page);
  await visitor.visit(host.origin);
  await begin(visitor, 'kept by the page');
  await page.reload();
  await visitor.open();
  await visitor.expectOnce('kept by the page');
});

test('storage that throws everywhere: the chat works as long as the page lives', async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  const visitor = new Visitor(page);
  await visitor.visit(host.origin);
  await begin(visitor, 'kept by nobody');
  await visitor.send('and another');
  await visitor.expectOnce('kept by nobody', 'and another');
  expect(failures).toEqual([]);
});

test('a foreign origin gets no button and may not frame the panel', async ({ page }) => {
  const foreign = await openHost(
    () =>
      `${body}<iframe id="stolen" src="${front.origin}/widget/${team.publicKey}" width="400" height="600"></iframe>`,
  );
  const blocked = page.waitForEvent('console', (m) => m.text().includes('frame-ancestors'));
  const refused = page.waitForResponse((r) => r.url().includes('/appearance'));
  await page.goto(foreign.origin);
  expect((await refused).status()).toBe(403);
  await blocked;
  await expect(page.locator('parlour-widget')).toHaveCount(0);
  await foreign.close();
});

test('keyboard: focus goes in, Escape brings it back; axe finds nothing', async ({ page }) => {
  const visitor = new Visitor(page);
  await page.goto(host.origin);
  await launcher(page).focus();
  await page.keyboard.press('Enter');
  await expect(visitor.panel.getByRole('dialog', { name: 'Test shop' })).toBeVisible();
  await expect(visitor.panel.locator(':focus')).toBeAttached();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).include('parlour-widget').analyze();
    expect(violations).toEqual([]);
  }
  await begin(visitor, 'see https://example.test');
  const { violations } = await new AxeBuilder({ page }).include('parlour-widget').analyze();
  expect(violations).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(launcher(page)).toBeFocused();
});
