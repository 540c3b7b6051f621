/** @jsxImportSource preact */

/** Where messages will be. */
export function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <span />
      <span />
      <span class="own" />
      <span />
    </div>
  );
}
