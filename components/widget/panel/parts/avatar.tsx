/** @jsxImportSource preact */
import { Icon } from './icons.tsx';

/** First letter of a name, whole characters only (emoji, Chinese). */
const initial = (name: string) => [...name.trim()][0]?.toLocaleUpperCase() ?? '';

/** An agent's initial; without a name, the desk's own sign. */
export function Avatar({ name }: { name: string | null }) {
  return (
    <span class="avatar" aria-hidden="true">
      {name ? initial(name) : <Icon name="talk" small />}
    </span>
  );
}
