import { PHONE } from './styles.ts';

/**
 * Keeps the full-screen box inside what the on-screen keyboard leaves. The iframe cannot see it:
 * its own visual viewport is its box, and iOS does not shrink the layout viewport.
 * @returns stops and puts the box back
 */
export function fitAboveKeyboard(box: HTMLElement): () => void {
  const seen = window.visualViewport;
  if (!seen) return () => {};
  const phone = matchMedia(PHONE);
  const place = () => {
    // Zoomed in by hand: leave the box where it is.
    box.style.cssText =
      phone.matches && seen.scale < 1.05
        ? `height:${seen.height}px!important;top:${seen.offsetTop}px!important;bottom:auto!important`
        : '';
  };
  place();
  seen.addEventListener('resize', place);
  seen.addEventListener('scroll', place);
  return () => {
    seen.removeEventListener('resize', place);
    seen.removeEventListener('scroll', place);
    box.style.cssText = '';
  };
}
