import type { Choices } from './engine/messages.ts';

/** What the page's address carries, so that a link shows the very same run. */
export interface View {
  readonly page: 'home' | 'study';
  readonly choices: Choices;
  /** Simulated seconds per second. */
  readonly speed: number;
}

export const SPEEDS = [1, 10, 60, 300, 900, 3600] as const;

export const START: View = {
  page: 'home',
  choices: { home: 'scenarios/homes/reference.yaml', threat: 'te2-reading-tamper', mitigations: 'none', course: 'deteriorating', seed: 1 },
  speed: 60,
};

/** Whole, and small enough to be told from its neighbours. */
export const isSeed = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const COURSES: readonly string[] = ['natural', 'deteriorating'];

/** Reads `#home?threat=…`; whatever is missing or senseless is what START says. */
export function parseAddress(hash: string): View {
  const { page, given } = split(hash);
  const { choices } = START;
  const threat = given.get('threat');
  const mitigations = given.get('mitigations');
  const seed = Number(given.get('seed') || NaN);
  const speed = Number(given.get('speed') || NaN);
  return {
    page: page === 'study' ? 'study' : 'home',
    choices: {
      home: given.get('home') ?? choices.home,
      threat: threat === null ? choices.threat : threat === 'none' ? null : threat,
      mitigations: mitigations === null ? choices.mitigations : parseMitigations(mitigations),
      course: given.get('course') === 'natural' ? 'natural' : choices.course,
      seed: isSeed(seed) ? seed : choices.seed,
    },
    speed: (SPEEDS as readonly number[]).includes(speed) ? speed : START.speed,
  };
}

/** What an address says that makes no sense, in words, and what is taken instead. */
export function senseless(hash: string): string[] {
  const { given } = split(hash);
  const complaints: string[] = [];
  const check = (name: string, sound: (value: string) => boolean, instead: string | number): void => {
    const value = given.get(name);
    if (value !== null && !sound(value))
      complaints.push(`The address says ${name}=${value}, which cannot be; ${instead} is taken instead.`);
  };
  check('seed', (value) => value !== '' && isSeed(Number(value)), START.choices.seed);
  check('course', (value) => COURSES.includes(value), START.choices.course);
  check('speed', (value) => SPEEDS.some((speed) => String(speed) === value), START.speed);
  return complaints;
}

function split(hash: string): { page: string; given: URLSearchParams } {
  const [page = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { page, given: new URLSearchParams(query) };
}

export function formatAddress(view: View): string {
  const { choices } = view;
  const query = new URLSearchParams({
    ...(choices.home === START.choices.home ? {} : { home: choices.home }),
    threat: choices.threat ?? 'none',
    mitigations: typeof choices.mitigations === 'string' ? choices.mitigations : `ids:${choices.mitigations.join(',')}`,
    course: choices.course,
    seed: String(choices.seed),
    speed: String(view.speed),
  });
  // Commas, colons and slashes are legible in a fragment.
  return `#${view.page}?${query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')}`;
}

/** A set's name as it is; single mitigations as `ids:a,b`, so that an empty list differs from a set. */
function parseMitigations(text: string): string | readonly string[] {
  if (!text.startsWith('ids:')) return text;
  return text
    .slice(4)
    .split(',')
    .filter((id) => id !== '');
}
