import { deviceIds, listed, type SettingSpecs, type SettingValue } from '../../sim/model/settings.ts';

/**
 * Servers that each consumer device may reach when the router enforces manufacturer usage descriptions. In the field a
 * device announces its description when it asks for an address; here the router has the descriptions of the makes it
 * knows, and settings say which devices and servers those are. Phone and laptop have none: general-purpose devices cannot
 * be described (RFC 8520, section 1). Undescribed devices are not limited.
 */
export interface AllowList {
  readonly device: string;
  readonly hosts: readonly string[];
}

/** Who is described, and the servers of the descriptions. */
export const allowListSettings: SettingSpecs = {
  'mud.speakers': deviceIds({ kind: 'smart-speaker' }, 'Smart speakers whose description it has.'),
  'mud.cameras': deviceIds({ kind: 'camera' }, 'Cameras whose description it has.'),
  'mud.tvs': deviceIds({ kind: 'smart-tv' }, 'Televisions whose description it has.'),
  'mud.voice': deviceIds({ kind: 'voice-cloud' }, 'Voice platforms that the descriptions name.'),
  'mud.skill': deviceIds({ kind: 'skill-backend' }, 'Servers of skills that the descriptions name.'),
  'mud.vendor': deviceIds({ kind: 'device-vendor' }, 'Vendor clouds that the descriptions name.'),
  'mud.web': deviceIds({ kind: 'web-content' }, 'Web sites that the descriptions name.'),
};

/** The name server of the line: every description allows it. */
const RESOLVER = 'dns-server';
const DESCRIPTIONS: readonly (readonly [devices: string, servers: readonly string[]])[] = [
  ['mud.speakers', [RESOLVER, 'mud.voice', 'mud.skill', 'mud.vendor', 'mud.web']],
  ['mud.cameras', [RESOLVER, 'mud.vendor']],
  ['mud.tvs', [RESOLVER, 'mud.vendor', 'mud.web']],
];

/** @param setting value of a setting of the router by name */
export const allowListsOf = (setting: (name: string) => SettingValue): AllowList[] =>
  DESCRIPTIONS.flatMap(([devices, servers]) => {
    const hosts = servers.flatMap((name) => listed(String(setting(name))));
    return listed(String(setting(devices))).map((device) => ({ device, hosts }));
  });
