/** @jsxImportSource preact */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ExternalStore, StoragePort, VisitorClient } from '#lib/sdk/api.ts';
import type { Bridge } from './bridge.ts';
import type { Draft } from './draft.ts';
import { Banner } from './parts/banner.tsx';
import { Composer } from './parts/composer.tsx';
import { ContactForm } from './parts/contact-form.tsx';
import { ConversationList } from './parts/conversation-list.tsx';
import { Ended, EndQuestion } from './parts/footer.tsx';
import { Header } from './parts/header.tsx';
import { Intro } from './parts/intro.tsx';
import { RatingCard } from './parts/rating-card.tsx';
import { ThreadView } from './parts/thread-view.tsx';
import { mayReload } from './reload.ts';
import { useStore } from './use-store.ts';
import { type Words, WordsContext } from './words.ts';

interface Props {
  client: VisitorClient;
  bridge: Bridge;
  storage: StoragePort;
  draft: Draft;
  words: ExternalStore<Words>;
  /** Whether the loader shows the panel. */
  opened: ExternalStore<boolean>;
}

export function App({ client, bridge, storage, draft, words: language, opened }: Props) {
  const state = useStore(client);
  const visible = useStore(opened);
  const words = useStore(language);
  const [screen, setScreen] = useState<'thread' | 'list'>('thread');
  const [ending, setEnding] = useState(false);
  const [text, setTextState] = useState(draft.read);
  const [problem, setProblem] = useState('');
  const [contactLeft, setContactLeft] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const { thread, channel, connection } = state;

  const setText = useCallback(
    (next: string) => {
      setTextState(next);
      setProblem('');
      draft.write(next);
    },
    [draft],
  );
  const focus = useCallback(() => {
    // On a touch screen the keyboard would cover what there is to read.
    const typing = input.current && !matchMedia('(pointer: coarse)').matches;
    (typing ? input.current : document.getElementById('title'))?.focus();
  }, []);
  const reload = () => bridge.send({ type: 'reload' });
  const close = () => bridge.send({ type: 'close' });
  const onSeen = useCallback(() => client.read(), [client]);

  useEffect(() => {
    if (visible) focus();
    else client.setTyping(false);
  }, [visible, focus, client]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation, another question
  useEffect(() => {
    setEnding(false);
    setContactLeft(false);
  }, [thread.conversationId, thread.open]);

  // On the document: Escape closes wherever the focus is, also when it is nowhere.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.keyCode === 229) return;
      if (ending) setEnding(false);
      else bridge.send({ type: 'close' });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [ending, bridge]);

  const quiet = !visible || (text === '' && !thread.items.some((item) => item.kind === 'pending'));
  const tooOld = connection.kind === 'outdated' || (state.outdated && quiet);
  useEffect(() => {
    if (tooOld && mayReload(storage, Date.now())) bridge.send({ type: 'reload' });
  }, [tooOld, storage, bridge]);

  function show(conversationId: string | null) {
    client.open(conversationId);
    setScreen('thread');
  }
  function startNew() {
    client.newConversation();
    setScreen('thread');
  }
  function send() {
    const result = client.send(text);
    if (result.ok) setText('');
    else setProblem(words.error(result.error.code));
  }
  function edit(clientKey: string) {
    const old = client.discard(clientKey);
    if (old !== null) setText(text === '' ? old : `${old}\n${text}`);
    input.current?.focus();
  }
  async function leaveContact(contact: { email: string; name?: string }, message: string) {
    if (message !== '') {
      const sent = client.send(message);
      if (!sent.ok) return sent;
    }
    setContactLeft(true);
    const result = await client.leaveContact(contact);
    if (!result.ok) setContactLeft(false);
    return result;
  }
  async function rate(score: number, comment?: string) {
    const result = await client.rate(score, comment);
    if (result.ok) bridge.send({ type: 'event', name: 'rating', detail: { score } });
    return result;
  }

  const empty = thread.conversationId === null && thread.items.length === 0;
  const alone = channel !== null && !channel.staffed && !state.identified;
  const known = thread.items.some((i) => i.kind === 'event' && i.event.kind === 'contact');
  const asksContact =
    !empty && thread.stage === 'offline' && !state.identified && !known && !contactLeft;
  const over = thread.stage === 'ended' || (thread.stage !== null && !thread.open);
  // In wrap-up a conversation is over for the visitor, though it still takes what they write.
  const another = state.conversations.some((each) => each.open && each.stage !== 'ended');

  const rating = thread.ratingAsked && thread.rating === null;
  const layout = [screen, ending, over, empty && alone, asksContact, rating].join();
  // What had the focus may be gone with the layout: nobody is left on the empty page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the layout is the reason to run
  useEffect(() => {
    if (visible && document.activeElement === document.body) focus();
  }, [layout, visible, focus]);

  const footer = () => {
    if (ending) return <EndQuestion onEnd={() => client.end()} onCancel={() => setEnding(false)} />;
    if (over) return <Ended another={another} onNew={() => (another ? show(null) : startNew())} />;
    if (connection.kind === 'refused' || (empty && alone)) return null;
    return (
      <Composer
        input={input}
        text={text}
        problem={problem}
        onText={setText}
        onSend={send}
        onTyping={client.setTyping}
      />
    );
  };

  return (
    <WordsContext.Provider value={words}>
      <div class="panel" role="dialog" aria-labelledby="title">
        <Header
          state={state}
          title={channel?.title ?? bridge.init.title ?? ''}
          screen={screen}
          closable={bridge.embedded}
          onBack={() => setScreen('list')}
          onEnd={() => setEnding(true)}
          onClose={close}
        />
        {(channel !== null || !empty) && <Banner state={state} onReload={reload} />}
        <main>
          {screen === 'list' ? (
            <ConversationList
              state={state}
              onOpen={show}
              onNew={startNew}
              onMore={() => client.loadEarlier()}
            />
          ) : (
            <ThreadView
              thread={thread}
              visible={visible}
              onRetry={client.retry}
              onEdit={edit}
              onSeen={onSeen}
              intro={<Intro state={state} onReload={reload} />}
            >
              {empty && alone && <ContactForm withMessage onSubmit={leaveContact} />}
              {asksContact && <ContactForm withMessage={false} onSubmit={leaveContact} />}
              {rating && <RatingCard onRate={rate} />}
            </ThreadView>
          )}
        </main>
        {screen === 'thread' && footer()}
      </div>
    </WordsContext.Provider>
  );
}
