import { type Browser, type BrowserContext, test as base } from '@playwright/test';
import { closeAgents } from './agent.ts';
import { makeTeam, type Team } from './desk.ts';
import { openShop, type Shop } from './shop.ts';
import { Visitor } from './visitor.ts';

interface Scene {
  shop: Shop;
  /** Makes a team whose channel the shop embeds. */
  teamOf: (names: readonly string[], options?: Parameters<typeof makeTeam>[1]) => Promise<Team>;
  /** A further visitor, in a browser context of their own. */
  newVisitor: (
    options?: Parameters<Browser['newContext']>[0],
  ) => Promise<Visitor & { context: BrowserContext }>;
}

/** A shop that embeds the desk, and visitors in it. */
export const test = base.extend<{ scene: Scene }>({
  scene: async ({ browser }, use) => {
    const shop = await openShop();
    const contexts: BrowserContext[] = [];
    await use({
      shop,
      async teamOf(names, options = {}) {
        const team = await makeTeam(names, { origins: [shop.origin], ...options });
        shop.embed(team.publicKey);
        return team;
      },
      async newVisitor(options = {}) {
        const context = await browser.newContext(options);
        contexts.push(context);
        return Object.assign(new Visitor(await context.newPage()), { context });
      },
    });
    for (const context of contexts) await context.close();
    await closeAgents();
    await shop.close();
  },
});
