import { QueuesPage } from '#components/admin/queues/queues-page.tsx';

export default function Page() {
  return <QueuesPage />;
}
