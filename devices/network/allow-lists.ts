/**
 * Servers that each consumer device may reach when the router enforces manufacturer usage descriptions. In the field a
 * device announces its description when it asks for an address; here the router has the descriptions of the devices it
 * knows by id. Phone and laptop have none: general-purpose devices cannot be described (RFC 8520, section 1).
 * Unlisted and unknown devices are not limited; an id that no device of the home bears matches nothing.
 */
export interface AllowList {
  readonly device: string;
  readonly hosts: readonly string[];
}

/** The name server of the line: every description allows it. */
const RESOLVER = 'resolver';

export const ALLOW_LISTS: readonly AllowList[] = [
  { device: 'speaker', hosts: [RESOLVER, 'voice-cloud', 'skill-backend', 'vendor-cloud', 'content'] },
  { device: 'camera', hosts: [RESOLVER, 'vendor-cloud'] },
  { device: 'tv', hosts: [RESOLVER, 'vendor-cloud', 'content'] },
];
