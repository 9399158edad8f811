import type { DeviceModel } from '../../sim/model/device.ts';

/** Pictograms in a 24 × 24 box, drawn with strokes; several strokes are one path. */
const GLYPHS = {
  router: 'M3 14h18v6H3z M7 17h.01 M11 17h6 M8 14V8 M16 14V6',
  tablet: 'M5 3h14v18H5z M12 8v8 M8 12h8',
  pulse: 'M2 12h5l2-6 4 12 3-8 1.5 2H22',
  cuff: 'M12 21a8 8 0 1 1 0-16 8 8 0 0 1 0 16z M12 13l4-4 M12 5V2',
  thermometer: 'M10 14V5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0z M12 9v8',
  speaker: 'M7 4h10v16H7z M12 14m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0 M12 8h.01',
  camera: 'M3 8h12v9H3z M15 11l6-3v9l-6-3z',
  tv: 'M3 5h18v11H3z M8 20h8 M12 16v4',
  phone: 'M8 2h8v20H8z M11 19h2',
  laptop: 'M5 5h14v10H5z M2 19h20',
  person: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4 21c0-5 3-7 8-7s8 2 8 7',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2 20c0-4 2.5-6 7-6s7 2 7 6 M16 5a3 3 0 1 1 1 6 M18 14c3 .5 4 2.5 4 6',
  tower: 'M12 9v12 M8 21h8 M12 9a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z M7 4a5 5 0 0 0 0 7 M17 4a5 5 0 0 1 0 7',
  cloud: 'M7 18a4.5 4.5 0 0 1 0-9 6 6 0 0 1 11.3 1.5A3.8 3.8 0 0 1 17.5 18z',
  server: 'M4 4h16v6H4z M4 14h16v6H4z M7 7h.01 M7 17h.01',
  book: 'M4 5c3-1.5 6-1 8 1 2-2 5-2.5 8-1v14c-3-1.5-6-1-8 1-2-2-5-2.5-8-1z M12 6v14',
  gate: 'M3 21V9l9-6 9 6v12 M9 21v-7h6v7',
  key: 'M8 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8z M12 12h9 M18 12v4',
  record: 'M6 3h9l4 4v14H6z M9 11h6 M9 15h6 M14 3v5h5',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4z M10 21h4',
  hostile: 'M12 3l10 18H2z M12 10v5 M12 18h.01',
} as const;

type Glyph = keyof typeof GLYPHS;

const BY_KIND = new Map<string, Glyph>([
  ['consumer-router', 'router'],
  ['hah-tablet', 'tablet'],
  ['pulse-oximeter', 'pulse'],
  ['bp-cuff', 'cuff'],
  ['thermometer', 'thermometer'],
  ['smart-speaker', 'speaker'],
  ['camera', 'camera'],
  ['smart-tv', 'tv'],
  ['phone', 'phone'],
  ['laptop', 'laptop'],
  ['patient', 'person'],
  ['household', 'people'],
  ['isp-gateway', 'tower'],
  ['lte-gateway', 'tower'],
  ['dns-resolver', 'book'],
  ['telehealth-platform', 'server'],
  ['hospital-edge', 'gate'],
  ['identity-provider', 'key'],
  ['ehr', 'record'],
  ['soc', 'shield'],
  ['nurse-panel', 'bell'],
  ['portal', 'tablet'],
  ['adversary-host', 'hostile'],
]);

/** For kinds of a user's own catalogue. */
const BY_FAMILY: Readonly<Record<DeviceModel['family'], Glyph>> = {
  medical: 'pulse',
  home: 'speaker',
  network: 'router',
  cloud: 'cloud',
  hospital: 'server',
  people: 'person',
};

export function glyphOf(kind: string, family: DeviceModel['family']): string {
  return GLYPHS[BY_KIND.get(kind) ?? BY_FAMILY[family]];
}

/** Outline by family, centred on 0,0: the shape tells the family without colour. */
const OUTLINES: Readonly<Record<DeviceModel['family'], string>> = {
  medical: 'M-12-18H12a6 6 0 0 1 6 6V12a6 6 0 0 1-6 6H-12a6 6 0 0 1-6-6V-12a6 6 0 0 1 6-6z',
  home: 'M0-18.5a18.5 18.5 0 1 1 0 37a18.5 18.5 0 1 1 0-37z',
  network: 'M-10-18H10L20 0 10 18H-10L-20 0z',
  cloud: 'M-9-15H9a15 15 0 0 1 0 30H-9a15 15 0 0 1 0-30z',
  hospital: 'M-17-17H17V17H-17z',
  people: 'M0-19a19 19 0 1 1 0 38a19 19 0 1 1 0-38z',
};

export const outlineOf = (family: DeviceModel['family']): string => OUTLINES[family];
