/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionResult } from '#lib/sdk/api.ts';
import { useWords } from '../words.ts';

/** Asks before a conversation is ended, in the composer's place. */
export function EndQuestion({
  onEnd,
  onCancel,
}: {
  onEnd(): Promise<ActionResult>;
  onCancel(): void;
}) {
  const { say, error } = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  async function end() {
    setBusy(true);
    const result = await onEnd();
    setBusy(false);
    if (result.ok || result.error.code === 'conversation_closed') onCancel();
    else setProblem(error(result.error.code));
  }
  return (
    <div class="footer">
      <p>{problem || say('end.question')}</p>
      <div class="buttons">
        <button type="button" class="quiet" ref={cancel} onClick={onCancel}>
          {say('end.cancel')}
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void end()}>
          {say('end.confirm')}
        </button>
      </div>
    </div>
  );
}

/** A conversation that is over: writing again is a new one. */
export function Ended({ another, onNew }: { another: boolean; onNew(): void }) {
  const { say } = useWords();
  return (
    <div class="footer">
      <button type="button" class="primary" onClick={onNew}>
        {say(another ? 'list.current' : 'composer.startNew')}
      </button>
    </div>
  );
}
