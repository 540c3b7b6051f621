/** @jsxImportSource preact */

/** 24-unit strokes, drawn at 20 px; decoration only, names stand on the buttons. */
const PATHS = {
  back: 'm15 18-6-6 6-6',
  close: 'm6 9 6 6 6-6',
  cross: 'M18 6 6 18M6 6l12 12',
  send: 'M12 19V5m-6 6 6-6 6 6',
  end: 'M9 11.5 11.5 14 16 9.5M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18',
  down: 'M12 5v14m6-6-6 6-6-6',
  talk: 'M21 12a8 8 0 0 1-12 7l-6 2 2-6a8 8 0 1 1 16-3Z',
  plus: 'M12 5v14M5 12h14',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18',
  warning: 'M12 8v5m0 3.5v.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18',
  star: 'm12 3.5 2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.5 9.7l5.9-.9Z',
} as const;

export function Icon({ name, small }: { name: keyof typeof PATHS; small?: boolean }) {
  return (
    <svg class={small ? 'icon small' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
