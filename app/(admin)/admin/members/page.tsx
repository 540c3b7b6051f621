import { MembersPage } from '#components/admin/members/members-page.tsx';

export default function Page() {
  return <MembersPage />;
}
