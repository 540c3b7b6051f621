/** @jsxImportSource preact */
import { useId, useState } from 'preact/hooks';
import type { ActionResult } from '#lib/sdk/api.ts';
import { useWords } from '../words.ts';
import { Icon } from './icons.tsx';

const SCORES = [1, 2, 3, 4, 5];

interface Props {
  onRate(score: number, comment?: string): Promise<ActionResult>;
}

/** One to five stars as radio buttons, then room for a word. */
export function RatingCard({ onRate }: Props) {
  const { say, error } = useWords();
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const name = useId();

  async function submit() {
    setBusy(true);
    const result = await onRate(score, comment.trim() || undefined);
    setBusy(false);
    setProblem(result.ok ? '' : error(result.error.code));
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && score > 0) void submit();
      }}
    >
      <fieldset>
        <legend>{say('rating.title')}</legend>
        <div class="stars">
          {SCORES.map((n) => (
            <label key={n} class={n <= score ? 'on' : ''}>
              <input
                type="radio"
                name={name}
                value={n}
                checked={n === score}
                onChange={() => setScore(n)}
              />
              <Icon name="star" />
              <span class="unseen">{say('rating.star', { score: n })}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {score > 0 && (
        <>
          <textarea
            rows={2}
            maxLength={1000}
            value={comment}
            aria-label={say('rating.comment')}
            placeholder={say('rating.comment')}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          {problem && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" class="primary" disabled={busy}>
            {say('rating.send')}
          </button>
        </>
      )}
    </form>
  );
}
