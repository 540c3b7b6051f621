// The demo shop: a small single-page app, so that page views without page loads are shown too.
window.Parlour ||= (...call) => {
  (window.Parlour.q ||= []).push(call);
};

const main = () => document.getElementById('main');

async function go(href, push) {
  const answer = await fetch(href, { headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page.getElementById('main');
  if (!next) {
    location.assign(href);
    return;
  }
  if (push) history.pushState(null, '', href);
  document.title = page.title;
  main().replaceWith(next);
  scrollTo(0, 0);
  main().focus({ preventScroll: true });
}

let items = 0;
addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('[data-ask]')) window.Parlour('show');
  const add = target?.closest('[data-add]');
  if (add) {
    items += 1;
    const bag = document.querySelector('.bag');
    bag.querySelector('b').textContent = items;
    const words = items === 1 ? bag.dataset.one : bag.dataset.many.replace('2', items);
    bag.setAttribute('aria-label', words);
    add.textContent = add.dataset.added;
  }
  const link = target?.closest('a');
  if (!link || link.dataset.full !== undefined || event.defaultPrevented) return;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.hash) return;
  event.preventDefault();
  go(url.href, true).catch(() => location.assign(url.href));
});
addEventListener('popstate', () => {
  go(location.href, false).catch(() => location.reload());
});
