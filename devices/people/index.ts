import type { DeviceModel } from '../../sim/model/device.ts';
import { household } from './household.ts';
import { patient } from './patient.ts';

/** Models of people in the home. */
export const people: readonly DeviceModel[] = [patient, household];
