import type { ReactNode } from 'react';
import { MemberFrame } from '../_frame/member-frame.tsx';
import { signedIn } from '../_frame/signed-in.ts';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  return <MemberFrame member={await signedIn()}>{children}</MemberFrame>;
}
