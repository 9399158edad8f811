import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, Effect } from '../../sim/model/device.ts';

/** The tablet's help button: whoever presses it is heard as soon as there is a line, however long that takes. */

const REQUEST_BYTES = 200;
/** Distance of the numbers of a call's tries: each is another message, with luck of its own. */
const AGAIN = 1_048_576;

const send = (d: DeviceContext<any>, n: number): void =>
  d.request('telemetry', { kind: 'help-wanted', body: { device: d.id }, bytes: REQUEST_BYTES, n });

export const helpEffects: Readonly<Record<'sendHelp' | 'helpLater' | 'helpAgain', Effect<any>>> = {
  sendHelp: (d, event) => send(d, event.n),
  helpLater: (d, event) => {
    // A server that refused has heard it.
    if (event.body?.['reason'] !== 'refused') d.after(d.parameter('hub.help-again') * SECOND, 'help-again', event.n + AGAIN);
  },
  helpAgain: (d, event) => send(d, event.n),
};
