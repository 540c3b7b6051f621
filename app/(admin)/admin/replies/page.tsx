import { RepliesPage } from '#components/admin/replies/replies-page.tsx';

export default function Page() {
  return <RepliesPage />;
}
