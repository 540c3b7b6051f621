/** @jsxImportSource preact */
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { LIMITS } from '#lib/protocol/limits.ts';
import { meansSend } from '../ime.ts';
import { useWords } from '../words.ts';
import { Icon } from './icons.tsx';

const utf8 = new TextEncoder();

interface Props {
  input: RefObject<HTMLTextAreaElement | null>;
  text: string;
  /** Why the last attempt was refused; empty: it was not. */
  problem: string;
  onText(text: string): void;
  onSend(): void;
  onTyping(on: boolean): void;
}

/** Grows with its text up to the CSS maximum; Enter sends, Shift+Enter breaks the line. */
export function Composer({ input, text, problem, onText, onSend, onTyping }: Props) {
  const { say } = useWords();
  const tooLong = text.length * 3 > LIMITS.textBytes && utf8.encode(text).length > LIMITS.textBytes;
  const wrong = tooLong ? say('composer.tooLong') : problem;
  const ready = text.trim() !== '' && !tooLong;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text decides the height
  useLayoutEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text, input]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend();
        input.current?.focus();
      }}
    >
      {wrong && (
        <p class="problem" role="alert" id="wrong">
          {wrong}
        </p>
      )}
      <div class="field">
        <textarea
          ref={input}
          rows={1}
          value={text}
          aria-label={say('composer.label')}
          aria-invalid={wrong !== ''}
          aria-describedby={wrong ? 'wrong' : undefined}
          placeholder={say('composer.placeholder')}
          enterkeyhint="send"
          onInput={(event) => {
            onText(event.currentTarget.value);
            onTyping(event.currentTarget.value.trim() !== '');
          }}
          onBlur={() => onTyping(false)}
          onKeyDown={(event) => {
            if (!meansSend(event)) return;
            event.preventDefault();
            if (ready) onSend();
          }}
        />
        <button type="submit" class="send" aria-label={say('composer.send')} disabled={!ready}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
