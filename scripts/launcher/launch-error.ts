/** A failure whose cause is known: says what happened and what to do, and prints no stack. */
export class LaunchError extends Error {
  override name = 'LaunchError';
  readonly advice: string;

  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.advice = advice;
  }
}
