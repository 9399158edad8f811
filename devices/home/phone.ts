import { personalDevice } from './personal.ts';

/** A resident's smartphone on the home's Wi-Fi. */
export const phone = personalDevice('phone', 'Smartphone of a resident');
