import { AuditPage } from '#components/admin/audit/audit-page.tsx';

export default function Page() {
  return <AuditPage />;
}
