import { WORK_LIMITS } from './limits.ts';

/**
 * What is left of one evaluation's work. Only what grows with the data takes of it: the expression
 * itself is bounded when it is read. One for each compiled expression, since none is asked twice at once.
 */
export class Work {
  private left: number = WORK_LIMITS.total;

  restart(): void {
    this.left = WORK_LIMITS.total;
  }

  /** @returns false when there is not so much left */
  take(letters: number): boolean {
    this.left -= letters;
    return this.left >= 0;
  }
}
