import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memoryReader, type SourceReader } from '../../sim/scenario/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The project's own files. */
export const projectReader: SourceReader = {
  read: (path) => (existsSync(`${ROOT}${path}`) ? readFileSync(`${ROOT}${path}`, 'utf8') : null),
  list: (folder) =>
    existsSync(`${ROOT}${folder}`)
      ? readdirSync(`${ROOT}${folder}`, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => name)
      : [],
};

export const BASE = projectReader.read('scenarios/homes/base.yaml')!;
export const REFERENCE = projectReader.read('scenarios/homes/reference.yaml')!;

/** A small project in memory: the real homes, two mitigations, two sets, one threat event, two figures. */
export const files: Readonly<Record<string, string>> = {
  'scenarios/homes/base.yaml': BASE,
  'scenarios/homes/reference.yaml': REFERENCE,
  'scenarios/mitigations/medical-segmentation.yaml': `
id: medical-segmentation
title: Own VLAN and SSID for the hospital's kit
family: network-segmentation
actor: hdo
set:
  - { on: { kind: consumer-router }, settings: { segments.medical: true, rules.medical-to-private: deny, rules.private-to-medical: deny } }
  - { on: { role: hah-kit }, settings: { wifi.segment: medical } }
cost: { setup-minutes: 25, usd: 0, usd-per-month: 0 }
maps: [ { ref: "csf2:PR.IR-01", basis: ours } ]
`,
  'scenarios/mitigations/unique-credentials.yaml': `
id: unique-credentials
title: Passwords that only this household has
family: authentication
actor: device-vendor
set:
  - { on: { role: iot }, settings: { credentials: unique } }
  - { on: { kind: consumer-router }, profile: ir8425a-informed }
`,
  'scenarios/sets/typical.yaml': 'id: typical\ntitle: A present-day programme\nmitigations: []\n',
  'scenarios/sets/recommended.yaml':
    'id: recommended\ntitle: What we recommend\nextends: typical\nmitigations: [medical-segmentation, unique-credentials]\n',
  'attacks/threat-events/te2-reading-tamper.yaml': `
id: te2-reading-tamper
title: A compromised camera rewrites oximeter readings on their way out
replays: { source: cswp34, event: data-manipulation }
start: { position: internet, capability: moderate }
needs: [ { condition: camera reachable with factory credentials, parameter: camera.factory-credentials, grade: published } ]
goal: { observation-accepted: { altered: true, kind: spo2 } }
steps:
  any:
    - all: [ { technique: default-credentials, on: camera }, { technique: arp-in-the-middle, between: [hub, router] }, { technique: rewrite-observation, what: spo2 } ]
    - all: [ { technique: vendor-cloud-takeover, on: camera }, { technique: arp-in-the-middle, between: [hub, router] }, { technique: rewrite-observation, what: spo2 } ]
attack: { T0: T1078.001, T1: T1557.002, T2: T1565.002 }
`,
  'scenarios/parameters/test.yaml': `
- { id: camera.factory-credentials, value: 0.8, unit: share, source: "Broadband Genie 2025", grade: published }
- { id: oximeter.report-period, value: 60, unit: s, source: "ours", grade: assumption, range: [10, 300] }
- { id: nurse.answer, distribution: { kind: lognormal, mu: 5.7, sigma: 0.8 }, unit: s, source: "ours", grade: assumption, range: [60, 1800] }
- { id: air.rate, value: 100, unit: Mbit/s, source: a standard, grade: remembered }
- { id: air.tries, value: 7, unit: tries, source: a standard, grade: remembered }
`,
};

/** The same project with some files added or replaced. */
export const withFiles = (more: Readonly<Record<string, string>>): SourceReader => memoryReader({ ...files, ...more });
