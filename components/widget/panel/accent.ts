import { accentOf, readable, textOn } from '../contrast.ts';

/** `--bg` of panel.css. */
const SURFACES = { light: '#ffffff', dark: '#16181d' } as const;

/**
 * Custom properties for an accent: `fill` (bubbles, buttons) stands out from the surface, `on` reads
 * on it, `ink` (links, icons) reads on the surface itself.
 */
export function accentProperties(value: string): Record<string, string> {
  const accent = accentOf(value);
  const properties: Record<string, string> = {};
  for (const [mode, surface] of Object.entries(SURFACES)) {
    const fill = readable(accent, surface, 1.6);
    properties[`--fill-${mode}`] = fill;
    properties[`--on-${mode}`] = textOn(fill);
    properties[`--ink-${mode}`] = readable(accent, surface);
  }
  return properties;
}

export function applyAccent(value: string): void {
  for (const [name, colour] of Object.entries(accentProperties(value))) {
    document.documentElement.style.setProperty(name, colour);
  }
}

/** The same for the launcher, whose surroundings are not known. */
export const launcherColours = (value: string) => {
  const accent = accentOf(value);
  return { accent, on: textOn(accent) };
};
