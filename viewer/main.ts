import { formatAddress, parseAddress, type View } from './address.ts';
import { byId } from './dom.ts';
import { HomePage } from './home/page.ts';
import { StudyPage } from './study/page.ts';

/** The page's composition: two views of one address. */
const trouble = (text: string | null): void => {
  const place = byId('trouble');
  place.hidden = text === null;
  place.textContent = text ?? '';
};

let view = parseAddress(location.hash);

function remember(next: View): void {
  view = { ...next, page: view.page };
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
home.start().catch((error: unknown) => trouble(error instanceof Error ? error.message : String(error)));

window.addEventListener('hashchange', () => {
  // The skip link's target is a place on the page, not an address of ours.
  if (location.hash === '#content') return history.replaceState(null, '', formatAddress(view));
  view = parseAddress(location.hash);
  linkPages();
  home.adopt(view);
});
