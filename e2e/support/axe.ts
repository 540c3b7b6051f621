import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

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

/**
 * axe finds nothing on what is shown. Soft: a test goes on and names every finding of its journey.
 * @param within selector of what is looked at, one per document on the way into a frame
 */
export async function expectClean(page: Page, where: string, within?: string[]): Promise<void> {
  await test.step(`axe: ${where}`, async () => {
    await settled(page);
    let axe = new AxeBuilder({ page });
    // Without frames axe runs in the page itself, in two thirds of the time: otherwise each look opens a
    // page more, to put the findings of frames together.
    if (page.frames().length === 1) axe = axe.setLegacyMode();
    if (within) axe = axe.include(within);
    const { violations } = await axe.analyze();
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`),
    }));
    expect.soft(found, where).toEqual([]);
  });
}
