import { NOT_MODELLED } from './rows.ts';
import type { BaselineRow } from './rows.ts';

/** Outcomes of NIST IR 8425, paraphrased; detail of the last six through summaries. */
const OUTCOMES = {
  asset: ['Asset Identification', 'can be told from every other and lists its parts', 'published'],
  configuration: ['Product Configuration', 'can be set by those who may, and set back to a safe state', 'published'],
  data: ['Data Protection', 'protects what it stores and sends, and can forget it', 'published'],
  access: ['Interface Access Control', 'limits every interface to those who may use it', 'published'],
  update: ['Software Update', 'takes verified updates only, and keeps current', 'derived'],
  aware: ['Cybersecurity State Awareness', 'records what helps to see an incident', 'derived'],
  documentation: ['Documentation', 'the developer records capabilities, gaps and support life', 'derived'],
  query: ['Information and Query Reception', 'the developer takes in reports and questions', 'derived'],
  dissemination: ['Information Dissemination', 'the developer tells of flaws, updates and end of support', 'derived'],
  education: ['Product Education and Awareness', 'the developer teaches safe use and disposal', 'derived'],
} as const;

type Outcome = keyof typeof OUTCOMES;
const SOURCE = 'NIST IR 8425 (ConIoTDesc.txt and summaries)';

const UPDATES = { 'updates-signed': 'unsigned updates are refused', 'auto-update': 'updates install themselves' };
const APPLIANCE_ACCESS = {
  credentials: 'the password differs from unit to unit',
  'login-rate-limit': 'guessing is slowed down',
  'local-admin': 'the administration page can be switched off',
};
const APPLIANCE_UPDATE = { ...UPDATES, 'firmware-signed': 'unsigned programs are refused, the administrator’s too' };

/** For each consumer device: the settings that serve an outcome. What has none is 'not modelled'. */
const DEVICES: Readonly<Record<string, Partial<Record<Outcome, Readonly<Record<string, string>>>>>> = {
  'smart-speaker': {
    configuration: { 'wake-word-sensitivity': 'how alike a sound must be to wake it' },
    data: {
      mute: 'the microphone can be switched off',
      'skill-transport': 'the skill conversation is encrypted',
      'verify-certificates': 'the skill server must prove who it is',
      'cloud-wake-check': 'a mistaken recording is stopped at once',
      'keep-recordings': 'recordings need not be kept',
      'share-recordings': 'recordings need not be listened to by people',
    },
    access: {
      'voice-pin': 'an order needs a spoken code',
      'voice-profiles': 'matters of care need the enrolled voice',
      'skill-permissions': 'what skills may have can be limited',
      'linked-accounts': "the patient's record need not be linked",
    },
    update: UPDATES,
  },
  camera: {
    configuration: { 'motion-clips': 'clips need not go to the cloud' },
    access: { ...APPLIANCE_ACCESS, 'remote-view': 'it need not open a port to the internet' },
    update: APPLIANCE_UPDATE,
  },
  'smart-tv': { data: { advertising: 'what is watched need not be reported' }, access: APPLIANCE_ACCESS, update: APPLIANCE_UPDATE },
  phone: { update: UPDATES },
  laptop: { update: UPDATES },
};

/** Where each setting's mechanism is tested. */
const SPEAKER = 'test/devices/home/smart-speaker.test.ts';
const APPLIANCES = 'test/devices/home/appliances.test.ts';
const TESTS: Readonly<Record<string, string>> = {
  'smart-speaker.wake-word-sensitivity': `${SPEAKER}#wake-word-sensitivity: what wakes it at high does not at normal, and so on to low`,
  'smart-speaker.mute': `${SPEAKER}#mute: neither commands nor mistakes are uploaded`,
  'smart-speaker.skill-transport': `${SPEAKER}#skill-transport and verify-certificates decide how the skill is spoken to`,
  'smart-speaker.verify-certificates': `${SPEAKER}#skill-transport and verify-certificates decide how the skill is spoken to`,
  'smart-speaker.cloud-wake-check': `${SPEAKER}#cloud-wake-check: a mistaken recording is short`,
  'smart-speaker.keep-recordings': `${SPEAKER}#keep-recordings, share-recordings and linked-accounts go along with each command`,
  'smart-speaker.share-recordings': `${SPEAKER}#keep-recordings, share-recordings and linked-accounts go along with each command`,
  'smart-speaker.linked-accounts': `${SPEAKER}#keep-recordings, share-recordings and linked-accounts go along with each command`,
  'smart-speaker.voice-pin': `${SPEAKER}#voice-pin: an order needs the code, a check-in does not`,
  'smart-speaker.voice-profiles': `${SPEAKER}#voice-profiles: a bystander is refused, the patient mostly not`,
  'smart-speaker.skill-permissions': `${SPEAKER}#skill-permissions none: no care by voice`,
  'smart-speaker.auto-update': `${SPEAKER}#auto-update: switched off, it never asks`,
  'smart-speaker.updates-signed': `${SPEAKER}#auto-update: switched off, it never asks; updates-signed: an unsigned image is not installed`,
  'camera.remote-view': `${APPLIANCES}#remote-view: a port is asked for, the cloud is asked, or nobody may look`,
  'camera.motion-clips': `${APPLIANCES}#motion-clips: switched off, nothing goes up`,
  'smart-tv.advertising': `${APPLIANCES}#advertising: switched off, the TV no longer reports`,
  // One administration page, tested once for both.
  ...Object.fromEntries(
    ['camera', 'smart-tv'].flatMap((kind) => [
      [`${kind}.credentials`, `${APPLIANCES}#credentials: the manual’s password opens it only while it is the factory’s`],
      [`${kind}.login-rate-limit`, `${APPLIANCES}#login-rate-limit: after five wrong passwords even the right one waits`],
      [`${kind}.local-admin`, `${APPLIANCES}#local-admin: switched off, nobody gets in`],
      [`${kind}.firmware-signed`, `${APPLIANCES}#firmware-signed: an administrator’s program is not run`],
    ]),
  ),
};

export const IOT_BASELINE: readonly BaselineRow[] = Object.entries(DEVICES).flatMap(([kind, served]) =>
  (Object.keys(OUTCOMES) as Outcome[]).flatMap((key): BaselineRow[] => {
    const [outcome, paraphrase, basis] = OUTCOMES[key];
    const settings = Object.entries(served[key] ?? {});
    if (settings.length === 0)
      return [{ outcome, requirement: `${kind}: ${paraphrase}`, source: SOURCE, basis, setting: NOT_MODELLED, test: null }];
    return settings.map(([setting, how]) => ({
      outcome,
      requirement: `${kind}: ${how}`,
      source: SOURCE,
      basis: 'ours',
      setting: `${kind}.${setting}`,
      test: TESTS[`${kind}.${setting}`] ?? null,
    }));
  }),
);
