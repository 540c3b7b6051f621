/** Drawings of the demo shop's products: SVG bodies on a 400 × 400 field, no photographs to license. */
export const ART: Record<string, { ground: string; body: string }> = {
  'paper-lantern': {
    ground: '#f3dfc8',
    body: `<path d="M200 0v92" stroke="#6b4a32" stroke-width="3"/>
<ellipse cx="200" cy="205" rx="112" ry="118" fill="#fff6e6"/>
<g fill="none" stroke="#e3c9a4" stroke-width="2.5"><ellipse cx="200" cy="205" rx="112" ry="92"/><path d="M112 132q88 26 176 0M94 170q106 30 212 0M88 208q112 32 224 0M95 246q105 30 210 0M116 282q84 24 168 0"/></g>
<path d="M168 90h64v8h-64zM172 318h56v7h-56z" fill="#6b4a32"/>`,
  },
  'brass-lamp': {
    ground: '#d9ddcf',
    body: `<path d="M146 96h108l38 104H108z" fill="#fbf3df"/><path d="M146 96h108l4 12H142z" fill="#e9d9b3"/>
<path d="M194 200h12v104h-12z" fill="#b98b3e"/><circle cx="200" cy="232" r="14" fill="#cfa052"/><circle cx="200" cy="276" r="9" fill="#cfa052"/>
<path d="M140 304h120q10 0 10 14v6H130v-6q0-14 10-14z" fill="#a97a30"/><path d="M0 324h400v76H0z" fill="#c8ccba"/>`,
  },
  'arc-lamp': {
    ground: '#e6d2c9',
    body: `<path d="M0 344h400v56H0z" fill="#d8bfb3"/><path d="M96 340C84 150 130 64 214 64c56 0 82 36 84 76" fill="none" stroke="#8a5a3c" stroke-width="9" stroke-linecap="round"/>
<path d="M250 196q0-56 48-56t48 56z" fill="#b4532a"/><ellipse cx="298" cy="197" rx="48" ry="9" fill="#fff1d4"/>
<ellipse cx="96" cy="344" rx="56" ry="10" fill="#6b4a32"/>`,
  },
  'linen-throw': {
    ground: '#cfd8dc',
    body: `<path d="M84 90h232v196H84z" fill="#f4efe6"/><path d="M84 90h232v28H84z" fill="#e8e0d2"/>
<g stroke="#c9bfae" stroke-width="3" fill="none"><path d="m84 150 29-22 29 22 29-22 29 22 29-22 29 22 29-22 29 22M84 190l29-22 29 22 29-22 29 22 29-22 29 22 29-22 29 22M84 230l29-22 29 22 29-22 29 22 29-22 29 22 29-22 29 22M84 270l29-22 29 22 29-22 29 22 29-22 29 22 29-22 29 22"/></g>
<path d="M92 286v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26m18-26v26" stroke="#e0d6c4" stroke-width="5"/>`,
  },
  'table-runner': {
    ground: '#ecdcb8',
    body: `<path d="M0 250h400v150H0z" fill="#b98a5e"/><path d="M0 244h400v14H0z" fill="#a3764c"/>
<path d="M132 244h136v156H132z" fill="#f5efe3"/><path d="M148 244h10v156h-10zM242 244h10v156h-10z" fill="#7d8f7a"/><path d="M172 244h4v156h-4zM224 244h4v156h-4z" fill="#b4532a"/>
<path d="M176 150h48l-6 94h-36z" fill="#8fa3a8"/><path d="M200 150c-6-40-30-52-44-50 4 26 22 42 44 50zm0 0c2-48 24-66 46-66 0 30-20 54-46 66z" fill="#66785f"/>`,
  },
  'moon-cushion': {
    ground: '#d7cfe0',
    body: `<ellipse cx="200" cy="318" rx="122" ry="18" fill="#c3b9cf"/><circle cx="200" cy="204" r="118" fill="#8a6f9c"/>
<circle cx="200" cy="204" r="118" fill="none" stroke="#6f5682" stroke-width="8"/><circle cx="200" cy="204" r="10" fill="#6f5682"/>
<g stroke="#7a6090" stroke-width="4" stroke-linecap="round"><path d="M200 186v-70M200 222v70M182 204h-70M218 204h70M187 191l-48-48M213 217l48 48M187 217l-48 48M213 191l48-48"/></g>`,
  },
};
