/**
 * What a site pastes before `</body>`: the queueing stub, so that `Parlour(…)` may be called before
 * the loader is there, and the loader itself.
 * @param origin where the desk answers, e.g. `https://desk.example`
 */
export function snippetFor(origin: string, publicKey: string): string {
  return [
    '<script>',
    '  window.Parlour = window.Parlour || function () {',
    '    (window.Parlour.q = window.Parlour.q || []).push(arguments);',
    '  };',
    '</script>',
    `<script async src="${origin}/widget/loader.js" data-key="${publicKey}"></script>`,
  ].join('\n');
}
