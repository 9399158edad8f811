import { formatAddress, parseAddress, senseless, type View } from './address.ts';
import { byId, el } from './dom.ts';
import { HomePage } from './home/page.ts';
import { StudyPage } from './study/page.ts';

/** The page's composition: two views of one address. */
let view = parseAddress(location.hash);
/** What is wrong with the address, and with the run. */
let complaints = senseless(location.hash);
let wrong: string | null = null;

function trouble(text: string | null, again?: () => void): void {
  wrong = text;
  const place = byId('trouble');
  const texts = [...complaints, ...(text === null ? [] : [text])];
  const shown = texts.join('\n');
  place.hidden = shown === '';
  if (place.firstChild?.textContent === shown && again === undefined) return;
  place.replaceChildren(el('span', {}, shown));
  if (again === undefined) return;
  const button = el('button', { type: 'button', id: 'again' }, 'Try again');
  button.addEventListener('click', again);
  place.append(' ', button);
}

function remember(next: View): void {
  view = { ...next, page: view.page };
  complaints = [];
  trouble(wrong);
  rewrite();
}

/** Makes the present entry of the history say what is shown. */
function rewrite(): void {
  history.replaceState(null, '', formatAddress(view));
  linkPages();
}

function linkPages(): void {
  for (const page of ['home', 'study'] as const) {
    const link = byId<HTMLAnchorElement>(`link-${page}`);
    link.href = formatAddress({ ...view, page });
    if (page === view.page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    byId(`page-${page}`).hidden = page !== view.page;
  }
  document.title = view.page === 'study' ? 'Study · Homeward' : 'Homeward';
}

linkPages();
const home = new HomePage(view, remember, trouble);
const study = new StudyPage(byId('page-study'));
study.start();
trouble(null);
void home.start();

window.addEventListener('hashchange', () => {
  // The skip link's target is a place on the page, not an address of ours.
  if (location.hash === '#content') return history.replaceState(null, '', formatAddress(view));
  const asked = parseAddress(location.hash);
  if (asked.page === 'study') {
    // The study shows no run: going there, or back there, changes none.
    view = { ...view, page: 'study' };
    home.leave();
    return rewrite();
  }
  view = asked;
  complaints = senseless(location.hash);
  trouble(wrong);
  linkPages();
  home.adopt(view);
});
