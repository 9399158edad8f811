import { expect, it } from 'vitest';
import { loadHome } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { withFiles } from './project.ts';

const MESSY = `id: Messy Home
titel: A home with many mistakes
extends: reference
router: { profil: typical-2025, settings: { upnp: maybe } }
line: { kind: fiber }
segments: [private, { id: garden, medium: wlan }]
devices:
  - { id: camera, on: [privat, guest], settings: { credentials: [factory] } }
  - { id: cam2, kind: camera, power: yes }
  - just-a-word
care: { plan: copd, news2-scale: "2", oxygen: perhaps, spo2-target: [88] }
household: { residents: 2.5, languages: [english] }
homes: { light: -1 }
adversary: { in_range: true }
parameters: { oximeter.report-period: fast }
`;

const REFERENCES = `id: messy
extends: reference
router: { profile: typical-2026, settings: { upnp: maybe } }
segments: [private]
devices:
  - { id: camera, on: [privat, guest], settings: { credentials: facotry, colour: red } }
  - { id: cam2, kind: camra }
  - { id: oximeter, via: hubb }
adversary: { inside: [camer, patient] }
`;

const of = (text: string): string =>
  complaintsOf(() => loadHome('messy.yaml', withFiles({ 'messy.yaml': text }), fakeCatalogue)).join('\n');

it('golden: what a form full of mistakes is told', () => {
  expect(of(MESSY)).toMatchInlineSnapshot(`
    "messy.yaml:1:5: id: expected an id: lower-case letters, digits and hyphens, beginning with a letter; got "Messy Home". Write for instance messy-home.
    messy.yaml:2:1: unknown key "titel". Write "title", the nearest known.
    messy.yaml:4:11: unknown key "profil" in router. Write "profile", the nearest known.
    messy.yaml:5:15: line.kind: expected one of fibre, cable, dsl, lte; got "fiber". Write "fibre", the nearest known.
    messy.yaml:6:43: segments.garden.medium: expected one of wifi, ethernet, ble, line, lte, core, hospital; got "wlan". Known, nearest first: ble, line, lte, wifi, core, ethernet, hospital.
    messy.yaml:8:65: devices.camera.settings.credentials: expected a word, a number, true or false; got a list of 1. Replace the value by one of this kind.
    messy.yaml:9:38: devices.cam2.power: expected on or off; got "yes". Replace the value by one of this kind.
    messy.yaml:10:5: devices.2: expected a device: { id, kind, on, settings … }; got "just-a-word". Replace the value by one of this kind.
    messy.yaml:11:34: care.news2-scale: expected 1, or 2 where the plan states hypercapnic failure; got "2". Replace the value by one of this kind.
    messy.yaml:11:47: care.oxygen: expected true or false; got "perhaps". Replace the value by one of this kind.
    messy.yaml:11:69: care.spo2-target: expected a list of at least 2 items; got a list of 1. Write lowest and highest target saturation in percent, [88, 92].
    messy.yaml:12:25: household.residents: expected a whole number; got 2.5. Write a number.
    messy.yaml:12:42: household.languages.0: expected a language tag, en or ja; got "english". Replace the value by one of this kind.
    messy.yaml:13:17: homes.light: expected a number of at least 0; got -1. Write 0: this version simulates one home.
    messy.yaml:14:14: unknown key "in_range" in adversary. Write "in-range", the nearest known.
    messy.yaml:15:39: parameters.oximeter.report-period: expected a number, { value: number } or { distribution: … }; got "fast". Replace the value by one of this kind."
  `);
});

it('golden: what wrong references are told', () => {
  expect(of(REFERENCES)).toMatchInlineSnapshot(`
    "messy.yaml:3:20: consumer-router has no profile "typical-2026". Write "typical-2025", the nearest known.
    messy.yaml:3:52: upnp: expected true or false; got "maybe". Write true or false.
    messy.yaml:6:24: there is no segment "privat". Write "private", the nearest known.
    messy.yaml:6:65: credentials: expected one of factory, unique; got "facotry". Write "factory", the nearest known.
    messy.yaml:6:74: camera has no setting "colour". Known, nearest first: credentials, remote-view.
    messy.yaml:7:23: there is no device kind "camra". Write "camera", the nearest known.
    messy.yaml:8:26: there is no device "hubb". Write "hub", the nearest known.
    messy.yaml:9:23: there is no device "camer". Write "camera", the nearest known.
    messy.yaml:9:30: "patient" is a person; code runs on devices. Name a device."
  `);
});
