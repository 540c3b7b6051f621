import type { World } from './world.ts';

export interface Finding {
  text: string;
  /** Records and rows that show it, as JSON values. */
  evidence: unknown[];
}

export interface Verdict {
  /** How many things it looked at; nothing means that the run proves nothing about it. */
  checked: number;
  findings: Finding[];
}

/** Something that must hold of every run, a pure function of what clients and database say. */
export interface Rule {
  /** `I5 gapless`: number and word. */
  name: string;
  /** One sentence. */
  about: string;
  check(world: World): Verdict;
}

/** Collects what a rule finds while it counts what it looks at. */
export class Inspection implements Verdict {
  checked = 0;
  readonly findings: Finding[] = [];

  /** One thing was looked at; unless `holds` is true it is a finding. */
  expect(holds: boolean, text: () => string, ...evidence: unknown[]): void {
    this.checked += 1;
    if (!holds) this.findings.push({ text: text(), evidence });
  }
}
