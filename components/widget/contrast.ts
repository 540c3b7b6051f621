/** sRGB channels 0–255. */
type Rgb = [number, number, number];

const FALLBACK: Rgb = [0x1f, 0x5e, 0xff];

function parse(hex: string): Rgb {
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(hex);
  if (!long) return FALLBACK;
  return [1, 2, 3].map((i) => Number.parseInt(long[i] ?? '0', 16)) as Rgb;
}

const print = (rgb: Rgb) => `#${rgb.map((c) => c.toString(16).padStart(2, '0')).join('')}`;

/** Relative luminance, WCAG 2.2. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: Rgb, b: Rgb): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

/** Contrast of two `#rrggbb` colours, 1–21 (WCAG 2.2). */
export const contrast = (a: string, b: string) => ratio(parse(a), parse(b));

/**
 * Black or white, whichever reads better on `background`: always at least 4.5. White is preferred
 * from 4.5 on, because dark text on a saturated colour of middle lightness looks like a mistake.
 */
export function textOn(background: string): string {
  const rgb = parse(background);
  return ratio(rgb, [255, 255, 255]) >= 4.5 ? '#ffffff' : '#000000';
}

/**
 * The accent, moved towards black or white just as far as it takes to reach `least` on `surface`:
 * a brand's pale yellow becomes a readable ochre on white, and keeps its hue.
 */
export function readable(accent: string, surface: string, least = 4.5): string {
  const from = parse(accent);
  const on = parse(surface);
  const to: Rgb = luminance(on) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let step = 0; step <= 20; step += 1) {
    const share = step / 20;
    const mixed = from.map((c, i) => Math.round(c + ((to[i] ?? 0) - c) * share)) as Rgb;
    if (ratio(mixed, on) >= least) return print(mixed);
  }
  return print(to);
}

/** A well-formed `#rrggbb` is itself; anything else the default accent. */
export const accentOf = (value: string) => print(parse(value));
