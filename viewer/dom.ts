type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** Makes an element. true = attribute without value, false and null = left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** The page's element with this id. @throws Error when the page has none. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element #${id}`);
  return element as E;
}

export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Calls `draw` at most once a frame and `perSecond` times a second, with whatever happened since. */
export function paced(perSecond: number, draw: () => void): () => void {
  let waiting = false;
  let last = -Infinity;
  const run = (): void => {
    const wait = last + 1000 / perSecond - performance.now();
    if (wait > 0) {
      setTimeout(run, wait);
      return;
    }
    waiting = false;
    last = performance.now();
    draw();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(run);
  };
}
