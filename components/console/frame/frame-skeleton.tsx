import { Skeleton } from '#components/ui/skeleton.tsx';

/** What stands there until the console's code has come: its outline, so that nothing jumps. */
export function FrameSkeleton() {
  return (
    <div aria-busy="true" className="flex h-dvh overflow-hidden">
      <div className="hidden w-56 shrink-0 flex-col gap-3 bg-canvas p-4 lg:flex">
        <Skeleton className="h-6 w-32" />
        <Skeleton className="mt-4 h-4 w-24" />
        <Skeleton className="h-4 w-28" />
        <Skeleton className="h-4 w-20" />
      </div>
      <div className="flex-1 bg-surface lg:my-2 lg:mr-2 lg:rounded-xl lg:shadow-card" />
    </div>
  );
}
