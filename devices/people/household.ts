import { DAY, HOUR, SECOND } from '../../sim/kernel/time.ts';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import { deviceIds, quantity } from '../../sim/model/settings.ts';
import { peer } from '../peers.ts';

/**
 * The other people in the home, as what they do with its devices: evenings of television, phones, a laptop, music and
 * talk to the speaker, a look through the camera while out. Visitors talk to the speaker too; a patient who lives alone
 * has nobody but them.
 */
export interface HouseholdMemory {
  /** Days begun. */
  days: number;
}

/** Places for things done within a day in a decision number. */
const PER_DAY = 512;
const DAYS_PER_WEEK = 7;
const COMMANDS = [
  { intent: 'music', text: 'play some music' },
  { intent: 'smalltalk', text: 'what will the weather be' },
] as const;

export const household = defineDevice<HouseholdMemory>({
  kind: 'household',
  title: "Household: residents and visitors using the home's devices",
  family: 'people',
  roles: ['person'],
  settings: {
    residents: quantity(2, 'persons', 1, 20, 'How many people live here, the patient included.'),
    'visitors-per-week': quantity(3, 'visits', 0, 200, 'How many visits of other people a week.'),
    speaker: deviceIds({ kind: 'smart-speaker' }, 'Smart speaker that they talk to: the first.'),
    camera: deviceIds({ kind: 'camera' }, 'Camera that they look through, and that visitors pass: the first.'),
    tv: deviceIds({ kind: 'smart-tv' }, 'Television that they watch: the first.'),
    phone: deviceIds({ kind: 'phone' }, 'Telephone that they use: the first.'),
    laptop: deviceIds({ kind: 'laptop' }, 'Laptop that they use: the first.'),
  },
  memory: () => ({ days: 0 }),
  serves: [],
  machine: {
    initial: 'asleep',
    states: {
      asleep: {
        entry: ['settleIn'],
        on: {
          'day-begins': { actions: ['planDay'] },
          wake: 'awake',
          // Late television, a phone in bed.
          'phone-time': { actions: ['usePhone'] },
        },
      },
      awake: {
        on: {
          'day-begins': { actions: ['planDay'] },
          'tv-time': { actions: ['watch'] },
          'phone-time': { actions: ['usePhone'] },
          'laptop-time': { actions: ['useLaptop'] },
          'command-time': { actions: ['command'] },
          'view-time': { actions: ['lookIn'] },
          'visit-time': { actions: ['visit'] },
          'bed-time': 'asleep',
        },
      },
    },
  },
  effects: {
    settleIn: (d) => {
      if (d.memory.days === 0) d.raise('day-begins', null, 0);
    },
    planDay: (d, event) => {
      const day = event.n;
      d.memory.days = day + 1;
      d.after(DAY, 'day-begins', day + 1);
      const wake = hour(d, 'household.hour-wake', day);
      const bed = bedtime(wake, hour(d, 'household.hour-bed', day));
      happens(d, 'household.hour-wake', day, 'wake');
      happens(d, 'household.hour-bed', day, 'bed-time');
      if (others(d) > 0) {
        happens(d, 'household.hour-tv', day, 'tv-time');
        spread(d, day, wake, bed, 'phone-time', count(d, 'phone.uses-per-day', day) * others(d));
        spread(d, day, wake, bed, 'laptop-time', count(d, 'household.laptop-uses', day));
        spread(d, day, wake, bed, 'command-time', count(d, 'voice.commands-per-day', day));
        spread(d, day, wake, bed, 'view-time', count(d, 'household.camera-views', day));
      }
      if (d.draw('visitor', day) < d.setting<number>('visitors-per-week') / DAYS_PER_WEEK)
        happens(d, 'household.hour-visit', day, 'visit-time');
    },
    watch: (d, event) => d.act(peer(d, 'tv'), 'watch', { seconds: seconds(d, 'tv.watch-seconds', event.n) }, event.n),
    usePhone: (d, event) => d.act(peer(d, 'phone'), 'use', { seconds: seconds(d, 'phone.use-seconds', event.n) }, event.n),
    useLaptop: (d, event) => d.act(peer(d, 'laptop'), 'use', { seconds: seconds(d, 'laptop.use-seconds', event.n) }, event.n),
    command: (d, event) => {
      const said = COMMANDS[d.draw('command', event.n) < d.parameter('household.music-share') ? 0 : 1];
      d.act(peer(d, 'speaker'), 'utterance', { ...said, ref: '', seconds: 0, bystander: true }, event.n);
    },
    lookIn: (d, event) => d.act(peer(d, 'camera'), 'view', { seconds: seconds(d, 'household.view-seconds', event.n) }, event.n),
    /** A visitor's words at the speaker, and somebody moving before the camera. */
    visit: (d, event) => {
      d.act(peer(d, 'camera'), 'motion', null, event.n);
      d.act(peer(d, 'speaker'), 'utterance', { ...COMMANDS[1], ref: '', seconds: 0, bystander: true }, event.n * PER_DAY + PER_DAY - 1);
    },
  },
});

type Household = DeviceContext<HouseholdMemory>;

/** Residents besides the patient. */
const others = (d: Household): number => Math.max(0, d.setting<number>('residents') - 1);
const hour = (d: Household, id: string, day: number): number => Math.round(d.sample(d.distribution(id), id, day) * HOUR);
/** An hour of going to bed that comes before the one of waking is the next day's. */
const bedtime = (wake: number, bed: number): number => (bed > wake ? bed : bed + DAY);
/** A day's `type` at its hour. */
const happens = (d: Household, id: string, day: number, type: string): number =>
  d.afterRandom(d.distribution(id), id, day, type, null, HOUR);
const seconds = (d: Household, id: string, n: number): number => Math.max(1, Math.round(d.sample(d.distribution(id), id, n)));
const count = (d: Household, id: string, day: number): number => Math.min(PER_DAY - 1, Math.round(d.sample(d.distribution(id), id, day)));

/** `times` happenings spread evenly at random over the waking hours. */
function spread(d: Household, day: number, wake: number, bed: number, type: string, times: number): void {
  const law: Distribution = { kind: 'uniform', low: wake + SECOND, high: bed + SECOND };
  for (let i = 0; i < Math.min(times, PER_DAY - 1); i++) d.afterRandom(law, type, day * PER_DAY + i, type, null, 1);
}
