'use client';

import { useCallback, useState } from 'react';

type State = NotificationPermission | 'unsupported';

function read(): State {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** The browser's permission for desktop notifications; `ask` only from a gesture. */
export function usePermission(): { state: State; ask: () => Promise<void> } {
  const [state, setState] = useState<State>(read);
  const ask = useCallback(async () => {
    if (read() === 'default') await Notification.requestPermission();
    setState(read());
  }, []);
  return { state, ask };
}
