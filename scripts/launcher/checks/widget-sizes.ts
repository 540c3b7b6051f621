import { BUILD_ENV } from '../build.ts';
import { runCommand } from '../run-command.ts';
import type { Check } from './static-checks.ts';

/** The widget's own build knows its budgets; here they are enforced. */
export const widgetSizes: Check = {
  name: 'widget sizes',
  run: async () => {
    const { code, output } = await runCommand(
      process.execPath,
      ['components/widget/build.ts', '--check-size'],
      {
        env: BUILD_ENV,
      },
    );
    if (code !== 0) {
      return {
        failures: output.trim(),
        advice: 'Take something out: the budgets are a promise to every host page.',
      };
    }
    console.log(output.trimEnd());
    return undefined;
  },
};
