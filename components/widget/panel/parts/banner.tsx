/** @jsxImportSource preact */
import type { VisitorState } from '#lib/sdk/api.ts';
import { useWords } from '../words.ts';

interface Props {
  state: Pick<VisitorState, 'connection' | 'outdated'>;
  onReload(): void;
}

/** Says what is wrong with the line, and nothing while it is fine or merely young. */
export function Banner({ state: { connection, outdated }, onReload }: Props) {
  const { say, error } = useWords();
  if (connection.kind === 'offline') {
    return (
      <p class="banner" role="status">
        {say('banner.offline')}
      </p>
    );
  }
  if (connection.kind === 'refused') {
    return (
      <p class="banner bad" role="alert">
        {error(connection.error.code)}
      </p>
    );
  }
  if (connection.kind === 'outdated' || outdated) {
    return (
      <p class="banner" role="status">
        {say('banner.outdated')}
        <button type="button" class="link" onClick={onReload}>
          {say('banner.reload')}
        </button>
      </p>
    );
  }
  return null;
}
