import { DAY, HOUR, MINUTE, SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { deviceIds } from '../../sim/model/settings.ts';
import { hostOf } from '../peers.ts';
import { HTTPS } from './portal-protocol.ts';
import { alarmEffects, type NurseMemory } from './nurse-alarms.ts';
import { CALLS_PER_DAY, nurseCallEffects } from './nurse-calls.ts';
import { kitEffects, kitMemory } from './nurse-kit.ts';

/**
 * The remote nurses' desk: alarms queue here, a nurse calls the patient through the platform or has somebody drive
 * there. What a nurse knows of the patient is what she sees in a call that works, or what the visitor sees. What becomes of a
 * kit that is silent is in nurse-kit.ts.
 */
const serving: Readonly<Record<string, TransitionEntry<NurseMemory>>> = {
  alarm: [{ actions: ['noteHeard'], cond: (_, event) => event.body?.['kind'] === 'heard' }, { actions: ['noteSilence', 'queueAlarm'] }],
  'day-begins': { actions: ['planDay'] },
  'visit-time': { actions: ['visitPatient'] },
  'second-visit': { actions: ['visitAgain'] },
  arrive: { actions: ['visitPatient'] },
  'patient-seen': { actions: ['judge', 'standIn'] },
  treat: { actions: ['treat'] },
  'round-due': { actions: ['goRound'] },
  'technician-arrives': { actions: ['beginRepair'] },
  'technician-done': { actions: ['endRepair'] },
};
/** At the phone: other work waits a moment. */
const busy: Readonly<Record<string, TransitionEntry<NurseMemory>>> = {
  ...serving,
  attend: { actions: ['attendLater'] },
  'video-time': { actions: ['videoLater'] },
};

export const nursePanel = defineDevice<NurseMemory>({
  kind: 'nurse-panel',
  title: 'Remote nurses: alarm queue, calls and visits',
  family: 'hospital',
  roles: ['hospital', 'staff'],
  settings: { platform: deviceIds({ kind: 'telehealth-platform' }, 'Telehealth platform that its calls go through: the first.') },
  memory: () => ({ open: [], falseAlarms: [], call: null, alarmCalls: 0, failedCalls: 0, days: 0, onTheWay: false, ...kitMemory() }),
  records: { 'kit-visit': { device: 'word', found: 'word' } },
  listens: [HTTPS],
  channels: {
    platform: (d) => ({
      host: hostOf(d, 'platform'),
      port: HTTPS,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: d.id,
      keepOpen: 10 * MINUTE,
    }),
  },
  serves: ['alarm', 'call-status'],
  machine: {
    initial: 'free',
    states: {
      free: {
        entry: ['openDesk'],
        on: {
          ...serving,
          attend: [{ target: 'calling', actions: ['callAboutAlarm'], cond: (memory) => memory.open.length > 0 }],
          'video-time': { target: 'calling', actions: ['callVideoVisit'] },
          'call-status': { actions: ['declineCall'] },
        },
      },
      calling: {
        on: {
          ...busy,
          'call-patient-failed': { target: 'free', actions: ['callFailed'] },
          'call-status': [
            {
              target: 'on-call',
              actions: ['seePatient'],
              cond: (memory, event) => memory.call?.call === event.body?.['call'] && event.body?.['status'] === 'connected',
            },
            { target: 'free', actions: ['callFailed'], cond: (memory, event) => memory.call?.call === event.body?.['call'] },
            { actions: ['declineCall'] },
          ],
          'give-up': { target: 'free', actions: ['callFailed'], cond: (memory, event) => memory.call?.call === event.n },
        },
      },
      'on-call': {
        on: {
          ...busy,
          'call-over': { target: 'free', actions: ['hangUp'], cond: (memory, event) => memory.call?.call === event.n },
          'call-status': [
            {
              target: 'free',
              actions: ['callBroken'],
              cond: (memory, event) => memory.call?.call === event.body?.['call'] && event.body?.['status'] !== 'connected',
            },
            { actions: ['declineCall'] },
          ],
        },
      },
    },
  },
  effects: {
    ...alarmEffects,
    ...nurseCallEffects,
    ...kitEffects,
    /** The first entry of `free` plans the days. */
    openDesk: (d) => {
      if (d.memory.days === 0) d.raise('day-begins', null, 0);
    },
    /** Visits in person and by video over the working day; the daily round of a physician is one of the latter. */
    planDay: (d, event) => {
      const day = event.n;
      d.memory.days = day + 1;
      d.after(DAY, 'day-begins', day + 1);
      const times = (id: string, type: string, count: number): void => {
        for (let i = 0; i < Math.min(count, CALLS_PER_DAY); i++)
          d.afterRandom(d.distribution(id), type, day * CALLS_PER_DAY + i, type, { how: 'visit' }, HOUR);
      };
      times('nurse.hour-first-visit', 'visit-time', 1);
      d.afterRandom(d.distribution('nurse.hour-second-visit'), 'second-visit', day, 'second-visit', null, HOUR);
      times('nurse.hour-video', 'video-time', Math.round(d.sample(d.distribution('nurse.video-visits'), 'video-visits', day)));
    },
    /** The second visit of a day has a law of its own; else it is a visit like the first. */
    visitAgain: (d, event) => d.raise('visit-time', { how: 'visit' }, event.n * CALLS_PER_DAY + 1),
    attendLater: (d, event) => d.after(d.parameter('nurse.busy-wait') * SECOND, 'attend', event.n),
    videoLater: (d, event) => d.after(d.parameter('nurse.busy-wait') * SECOND, 'video-time', event.n),
  },
});
