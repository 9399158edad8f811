import { personalDevice } from './personal.ts';

/** A resident's laptop on the home's Wi-Fi. */
export const laptop = personalDevice('laptop', 'Laptop of a resident');
