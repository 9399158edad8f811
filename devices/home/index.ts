import type { DeviceModel } from '../../sim/model/device.ts';
import { camera } from './camera.ts';
import { laptop } from './laptop.ts';
import { phone } from './phone.ts';
import { smartSpeaker } from './smart-speaker.ts';
import { smartTv } from './smart-tv.ts';

/** What stands in a living room and belongs to the residents. */
export const homeDevices: readonly DeviceModel[] = [smartSpeaker, camera, smartTv, phone, laptop];
