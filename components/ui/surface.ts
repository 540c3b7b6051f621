/** Looks shared by everything that floats: menus, selects, popovers. */
export const popClass =
  'z-50 overflow-hidden rounded-lg bg-raised text-ink text-sm shadow-pop animate-pop outline-none';

/** A row of a menu or list of choices. */
export const itemClass =
  'relative flex min-h-8 cursor-default select-none items-center gap-2 rounded-md px-2 py-1 text-sm text-ink outline-none data-disabled:pointer-events-none data-highlighted:bg-hover data-disabled:opacity-45 coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0';
