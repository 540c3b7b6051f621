/** @jsxImportSource preact */
import { useId, useRef, useState } from 'preact/hooks';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { ActionResult } from '#lib/sdk/api.ts';
import { isEmail } from '../email.ts';
import { useWords } from '../words.ts';

interface Props {
  /** With a message: the form of an empty thread. Without: only where to answer. */
  withMessage: boolean;
  onSubmit(contact: { email: string; name?: string }, message: string): Promise<ActionResult>;
}

/** For when nobody is there: where to answer, and in an empty thread also what about. */
export function ContactForm({ withMessage, onSubmit }: Props) {
  const { say, error } = useWords();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{
    field: 'email' | 'message' | 'all';
    text: string;
  } | null>(null);
  const form = useRef<HTMLFormElement>(null);

  async function submit() {
    const data = new FormData(form.current ?? undefined);
    const read = (name: string) => String(data.get(name) ?? '').trim();
    const fail = (field: 'email' | 'message', text: string) => {
      setProblem({ field, text });
      form.current?.querySelector<HTMLElement>(`[name=${field}]`)?.focus();
    };
    if (withMessage && !read('message')) return fail('message', say('offline.messageMissing'));
    if (!isEmail(read('email'))) return fail('email', say('offline.emailInvalid'));
    setBusy(true);
    setProblem(null);
    const name = read('name');
    const result = await onSubmit(
      { email: read('email'), ...(name ? { name } : {}) },
      read('message'),
    );
    setBusy(false);
    if (!result.ok) setProblem({ field: 'all', text: error(result.error.code) });
  }

  const invalid = (field: string) => ({
    'aria-invalid': problem?.field === field,
    'aria-describedby': problem?.field === field ? `${id}-problem` : undefined,
  });
  return (
    <form
      ref={form}
      class="card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <h2>{say(withMessage ? 'offline.title' : 'offline.leaveTitle')}</h2>
      {!withMessage && <p class="hint">{say('offline.leaveHint')}</p>}
      {withMessage && (
        <label>
          {say('offline.message')}
          <textarea name="message" rows={3} {...invalid('message')} />
        </label>
      )}
      <label>
        {say('offline.email')}
        <input
          type="email"
          name="email"
          autocomplete="email"
          inputMode="email"
          maxLength={LIMITS.emailLength}
          {...invalid('email')}
        />
      </label>
      <label>
        {say('offline.name')}
        <input name="name" autocomplete="name" maxLength={LIMITS.nameLength} />
      </label>
      {problem && (
        <p class="problem" role="alert" id={`${id}-problem`}>
          {problem.text}
        </p>
      )}
      <button type="submit" class="primary" disabled={busy}>
        {say(withMessage ? 'offline.submit' : 'offline.save')}
      </button>
    </form>
  );
}
