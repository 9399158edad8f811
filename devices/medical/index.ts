import type { DeviceModel } from '../../sim/model/device.ts';
import { bpCuff } from './bp-cuff.ts';
import { hahTablet } from './hah-tablet.ts';
import { pulseOximeter } from './pulse-oximeter.ts';
import { thermometer } from './thermometer.ts';

/** Models of the hospital's kit in the home. */
export const medicalDevices: readonly DeviceModel[] = [hahTablet, pulseOximeter, bpCuff, thermometer];
