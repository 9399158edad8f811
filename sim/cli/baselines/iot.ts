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

/** For each consumer device: the settings that serve an outcome. What has none is 'not modelled'. */
const DEVICES: Readonly<Record<string, Partial<Record<Outcome, Readonly<Record<string, string>>>>>> = {
  'smart-speaker': {
    configuration: { purchases: 'purchases by voice can be switched off', 'wake-word-sensitivity': 'how alike a sound must be to wake it' },
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
    update: { 'updates-signed': 'unsigned updates are refused', 'auto-update': 'updates install themselves' },
  },
  camera: {
    access: { credentials: 'the password differs from unit to unit', 'remote-view': 'it need not open a port to the internet' },
    update: { 'updates-signed': 'unsigned updates are refused', 'auto-update': 'updates install themselves' },
  },
  'smart-tv': {
    access: { credentials: 'the password differs from unit to unit' },
    update: { 'updates-signed': 'unsigned updates are refused', 'auto-update': 'updates install themselves' },
  },
};

export const IOT_BASELINE: readonly BaselineRow[] = Object.entries(DEVICES).flatMap(([kind, served]) =>
  (Object.keys(OUTCOMES) as Outcome[]).flatMap((key): BaselineRow[] => {
    const [outcome, paraphrase, basis] = OUTCOMES[key];
    const settings = Object.entries(served[key] ?? {});
    if (settings.length === 0) return [{ outcome, requirement: `${kind}: ${paraphrase}`, source: SOURCE, basis, setting: NOT_MODELLED, test: null }];
    return settings.map(([setting, how]) => ({ outcome, requirement: `${kind}: ${how}`, source: SOURCE, basis: 'ours', setting: `${kind}.${setting}`, test: null }));
  }),
);
