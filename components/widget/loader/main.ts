import { readScriptTag } from './script-tag.ts';
import { type Commands, start } from './start.ts';

/** `Parlour('show')`; before the loader has come, the page's stub collects the calls in `q`. */
interface Global {
  (command: string, ...args: unknown[]): unknown;
  q?: ArrayLike<unknown>[];
  started?: boolean;
}

const page = window as Window & { Parlour?: Global };

function run() {
  const stub = page.Parlour;
  // Included twice: the first one serves.
  if (stub?.started) return;
  const site = readScriptTag(document);
  if (!site) {
    console.warn('Parlour: the script tag needs data-key, the public key of a channel.');
    return;
  }
  const commands = start(site, () => {
    if (page.Parlour === call) delete page.Parlour;
  });
  const call: Global = (command, ...args) => {
    if (!Object.hasOwn(commands, command)) {
      console.warn(`Parlour: there is no command "${command}".`);
      return undefined;
    }
    const action = commands[command as keyof Commands] as (...args: unknown[]) => unknown;
    return action(...args);
  };
  call.started = true;
  page.Parlour = call;
  for (const [command, ...args] of Array.from(stub?.q ?? [], (entry) => Array.from(entry))) {
    call(String(command), ...args);
  }
}

run();
