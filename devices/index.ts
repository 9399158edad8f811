import type { DeviceModel } from '../sim/model/device.ts';
import { factoryPassword } from './admin.ts';
import { deviceVendor } from './cloud/device-vendor.ts';
import { skillBackend } from './cloud/skill-backend.ts';
import { telehealthPlatform } from './cloud/telehealth-platform.ts';
import { voiceCloud } from './cloud/voice-cloud.ts';
import { webContent } from './cloud/web-content.ts';
import { homeDevices } from './home/index.ts';
import { ehr } from './hospital/ehr.ts';
import { hospitalEdge } from './hospital/hospital-edge.ts';
import { identityProvider } from './hospital/identity-provider.ts';
import { nursePanel } from './hospital/nurse-panel.ts';
import { portal } from './hospital/portal.ts';
import { soc } from './hospital/soc.ts';
import { medicalDevices } from './medical/index.ts';
import { networkDevices } from './network/index.ts';
import { people } from './people/index.ts';

/** Every device, service, hospital system and person that this version models. */
export const devices: readonly DeviceModel[] = [
  ...medicalDevices,
  ...homeDevices,
  ...networkDevices,
  voiceCloud,
  skillBackend,
  telehealthPlatform,
  deviceVendor,
  webContent,
  hospitalEdge,
  portal,
  identityProvider,
  ehr,
  nursePanel,
  soc,
  ...people,
];

/** What anybody can read in a maker's manual: the password that each kind leaves the factory with. */
export const publicKnowledge: readonly (readonly [string, string])[] = devices
  .filter((model) => 'credentials' in model.settings || 'admin-password' in model.settings)
  .map(({ kind }) => [`credential:factory:${kind}`, factoryPassword(kind)] as const);
