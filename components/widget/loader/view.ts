import { adopt } from './styles.ts';

/** All that decides what the launcher shows. */
export interface Look {
  accent: string;
  /** Colour of what stands on the accent. */
  on: string;
  position: 'left' | 'right';
  open: boolean;
  /** The panel was asked for and has not answered yet. */
  busy: boolean;
  unread: number;
  /** Accessible name of the button. */
  label: string;
  /** A short word beside the button; empty: none. */
  note: string;
}

export interface View {
  /** The shadow root's host, last in the document. */
  host: HTMLElement;
  button: HTMLButtonElement;
  /** Where the panel's iframe goes. */
  box: HTMLElement;
  draw(look: Look): void;
  /** Whether the keyboard focus is in the panel. */
  panelHasFocus(): boolean;
}

const SVG = 'http://www.w3.org/2000/svg';

function icon(name: string, path: string): Element {
  const svg = document.createElementNS(SVG, 'svg');
  svg.classList.add(name);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.appendChild(document.createElementNS(SVG, 'path')).setAttribute('d', path);
  return svg;
}

function part(parent: Node, name: string): HTMLElement {
  const element = document.createElement('div');
  element.className = name;
  parent.appendChild(element);
  return element;
}

/** Makes the launcher's elements; nothing is in the page until `host` is. */
export function createView(onClick: () => void): View {
  const host = document.createElement('parlour-widget');
  const root = host.attachShadow({ mode: 'open' });
  adopt(root);
  const frame = part(root, '');
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-haspopup', 'dialog');
  button.append(
    icon('talk', 'M21 12a8 8 0 0 1-12 7l-6 2 2-6a8 8 0 1 1 16-3Z'),
    icon('down', 'm6 9 6 6 6-6'),
  );
  const badge = part(button, 'badge');
  button.addEventListener('click', onClick);
  // The box comes before the button: tabbing goes from the panel to the button that closes it.
  const box = part(frame, 'box');
  frame.append(button);
  const note = part(frame, 'note');
  note.setAttribute('role', 'status');

  return {
    host,
    button,
    box,
    draw(look) {
      frame.className = `${look.position}${look.open ? ' open' : ''}${look.busy ? ' busy' : ''}`;
      frame.style.setProperty('--accent', look.accent);
      frame.style.setProperty('--on', look.on);
      button.setAttribute('aria-label', look.label);
      button.setAttribute('aria-expanded', String(look.open));
      badge.textContent = look.unread > 99 ? '99+' : look.unread > 0 ? String(look.unread) : '';
      if (note.textContent !== look.note) note.textContent = look.note;
    },
    panelHasFocus: () => root.activeElement?.tagName === 'IFRAME',
  };
}
