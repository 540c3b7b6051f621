/** Single keys of the console, live wherever no text is being typed. */
export const SHORTCUTS = {
  next: 'j',
  previous: 'k',
  open: 'Enter',
  reply: 'r',
  note: 'n',
  canned: '/',
  transfer: 't',
  end: 'e',
  accept: 'a',
  decline: 'd',
  take: 'c',
  details: 'i',
  help: '?',
  close: 'Escape',
} as const;
export type ShortcutAction = keyof typeof SHORTCUTS;

/** Second keys after `g`. */
export const GO_TO = { m: 'mine', q: 'queued', a: 'all', c: 'closed', i: 'mine' } as const;
export type GoTo = (typeof GO_TO)[keyof typeof GO_TO];

export type Pressed =
  | { kind: 'action'; action: ShortcutAction }
  | { kind: 'go'; view: GoTo }
  /** `g` was pressed; the next key decides. */
  | { kind: 'pending' }
  | null;

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  repeat: boolean;
}

const ACTIONS = new Map(
  Object.entries(SHORTCUTS).map(([action, key]) => [key as string, action as ShortcutAction]),
);

/** What a key means. Keys with modifiers are the browser's; a held key only repeats moves. */
export function pressed(key: Key, afterGo: boolean): Pressed {
  if (key.ctrlKey || key.metaKey || key.altKey || key.isComposing) return null;
  const name = key.key.length === 1 ? key.key.toLowerCase() : key.key;
  if (afterGo) {
    const view = name in GO_TO ? GO_TO[name as keyof typeof GO_TO] : null;
    return view ? { kind: 'go', view } : null;
  }
  if (name === 'g') return { kind: 'pending' };
  const action = ACTIONS.get(name);
  if (!action || (key.repeat && action !== 'next' && action !== 'previous')) return null;
  return { kind: 'action', action };
}
