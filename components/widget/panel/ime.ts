/** What of a keydown decides; a DOM KeyboardEvent fits. */
export interface KeyPress {
  key: string;
  keyCode: number;
  isComposing: boolean;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/**
 * Whether a keydown in the composer means "send". Enter that confirms a candidate of an input
 * method never does. Two signs are needed: Chrome and Firefox set `isComposing`; Safari ends the
 * composition before the keydown, so `isComposing` is false there, but still sends keyCode 229.
 */
export function meansSend(press: KeyPress): boolean {
  if (press.key !== 'Enter' || press.shiftKey || press.altKey) return false;
  return !(press.isComposing || press.keyCode === 229);
}
