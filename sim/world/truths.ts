/**
 * What was really measured, to be compared with what arrives: by code, by device, at the measurement's own number (NaN:
 * none of that number). Plain data; a list of doubles takes 8 bytes a measurement, so that weeks of them are cheap to fork.
 */
export type Truths = Map<string, Map<string, number[]>>;

/** Where a measurement is kept. */
interface Place {
  readonly ref: string;
  readonly device: string;
  readonly number: number;
}

/** The truth of no measurement. */
const NOWHERE: Place = { ref: '', device: '', number: -1 };
/** Of the codes that one measurement has, all but the first find its reference read. */
let last = NOWHERE;

/** Reads a reference, `device/number`. */
function placeOf(ref: string): Place {
  if (ref === last.ref) return last;
  const slash = ref.lastIndexOf('/');
  const digits = ref.slice(slash + 1);
  if (slash < 0 || !/^\d{1,9}$/.test(digits)) return NOWHERE;
  last = { ref, device: ref.slice(0, slash), number: Number(digits) };
  return last;
}

/** @throws Error on a reference that is not `device/number` */
export function remember(truths: Truths, code: string, ref: string, value: number): void {
  const { device, number } = placeOf(ref);
  if (number < 0) throw new Error(`the reference of a measurement is its device and number, oximeter/17, not "${ref}"`);
  let devices = truths.get(code);
  if (devices === undefined) truths.set(code, (devices = new Map()));
  let values = devices.get(device);
  if (values === undefined) devices.set(device, (values = []));
  while (values.length < number) values.push(NaN);
  values[number] = value;
}

/** What was measured under a reference, which may be anybody's invention; NaN for nothing. */
export function truthOf(truths: Truths, code: string, ref: string): number {
  const { device, number } = placeOf(ref);
  return truths.get(code)?.get(device)?.[number] ?? NaN;
}
