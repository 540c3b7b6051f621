'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { RoleName } from '#lib/protocol/config.ts';

const RoleContext = createContext<RoleName>('agent');

/** The role of who looks at the settings. */
export function RoleProvider({ role, children }: { role: RoleName; children: ReactNode }) {
  return <RoleContext value={role}>{children}</RoleContext>;
}

export function useRole(): RoleName {
  return useContext(RoleContext);
}

/** Whether members, queues and skills may be changed or only read (supervisors); the server decides. */
export function useMayChange(): boolean {
  const role = useRole();
  return role === 'owner' || role === 'admin';
}
