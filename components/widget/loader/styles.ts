/** Full screen on anything phone-sized, also when it lies on its side. */
export const PHONE = '(max-width: 480px), (max-height: 480px)';

// Everything is position: fixed in a shadow root of its own: it can neither shift the page (CLS 0)
// nor be styled by it. Only opacity and transform move.
export const STYLES = `
:host{all:initial!important;position:fixed!important;right:0!important;bottom:0!important;z-index:2147483000!important}
:host>div{--x:calc(20px + env(safe-area-inset-right));--y:env(safe-area-inset-bottom);font:14px/1.45 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
button{all:unset}
button,.note,.box{position:fixed;right:var(--x)}
.left>*{right:auto!important;left:var(--x)}
button{bottom:calc(20px + var(--y));width:56px;height:56px;border-radius:50%;display:grid;place-items:center;cursor:pointer;color:var(--on);background:var(--accent);box-shadow:0 1px 3px #0003,0 6px 20px #0003;animation:in .2s;transition:transform .15s;-webkit-tap-highlight-color:#0000}
button:hover{transform:scale(1.05)}
button:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
svg,button:after{grid-area:1/1;width:26px}
svg{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:opacity .15s,transform .2s}
.down,.open .talk{opacity:0;transform:scale(.6)}
.open .down{opacity:1;transform:none}
.busy svg{opacity:.35}
.busy button:after{content:"";height:26px;border-radius:50%;border:3px solid;border-color:currentColor #0000 #0000;animation:turn .8s linear infinite}
.badge{position:absolute;top:-3px;right:-3px;min-width:10px;padding:0 5px;border-radius:10px;background:#d92d20;color:#fff;font-size:12px;font-weight:600;line-height:20px;text-align:center;box-shadow:0 0 0 2px #fff}
.badge:empty,.note:empty{display:none}
.note{bottom:calc(88px + var(--y));max-width:280px;padding:10px 14px;border-radius:12px;background:#1c1e24;color:#fff;box-shadow:0 6px 24px #0004;animation:in .2s}
.box{bottom:calc(92px + var(--y));width:392px;height:min(680px,100dvh - 116px);max-width:calc(100vw - 40px);border-radius:16px;overflow:hidden;background:#fff;box-shadow:0 0 0 1px #0001,0 12px 48px #0003;visibility:hidden;opacity:0;transform:translateY(12px);transition:.18s}
.open .box{visibility:visible;opacity:1;transform:none}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark}
@media(prefers-color-scheme:dark){.box{background:#16181d;box-shadow:0 0 0 1px #fff2,0 12px 48px #0009}}
@media ${PHONE}{
.open .box{inset:0!important;width:auto;height:auto;max-width:none;border-radius:0;padding:env(safe-area-inset-top) env(safe-area-inset-right) var(--y) env(safe-area-inset-left)}
.open button{display:none}
}
@media(prefers-reduced-motion){*{animation-duration:0s!important;transition:none!important}}
@media print{:host{display:none!important}}
@keyframes in{from{opacity:0;transform:scale(.7)}}
@keyframes turn{to{transform:rotate(1turn)}}
`;

/** As a constructed sheet: a strict CSP of the page forbids `style` elements, in shadow roots too. */
export function adopt(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];
}
