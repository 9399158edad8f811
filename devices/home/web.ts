import type { ChannelSpec, DeviceContext } from '../../sim/model/device.ts';
import { deviceIds, type SettingSpecs } from '../../sim/model/settings.ts';
import { hostOf } from '../peers.ts';
import { divide } from './background.ts';

const HTTPS = 443;

/** For devices that use the web. */
export const webSettings: SettingSpecs = { web: deviceIds({ kind: 'web-content' }, 'Web sites that it visits: the first.') };

/** Web sites: TLS, checked, nobody logs in. */
export const webChannel = (device: DeviceContext<any>): ChannelSpec => ({
  host: hostOf(device, 'web'),
  port: HTTPS,
  transport: 'tcp',
  tls: true,
  verifyServer: true,
  clientAuth: 'none',
  credential: null,
  keepOpen: 0,
});

/** Fetches a page: what exceeds one message follows as an elastic stream. `area` names the registry entries. */
export function browse(device: DeviceContext<any>, area: string, n: number): void {
  const up = device.sample(device.distribution(`${area}.flow-up-bytes`), 'flow-up', n);
  const down = device.sample(device.distribution(`${area}.flow-down-bytes`), 'flow-down', n);
  const { message, rest } = divide(down, device.parameter('web.largest-message'));
  device.request('web', {
    kind: 'web-get',
    body: { pageBytes: message },
    bytes: Math.round(Math.min(up, device.parameter('web.largest-message'))),
    n,
  });
  if (rest > 0)
    device.stream(hostOf(device, 'web'), {
      mode: 'elastic',
      direction: 'down',
      bitsPerSecond: device.parameter('web.rate'),
      bytes: Math.min(rest, device.parameter('web.largest-download')),
      type: 'page-through',
      n,
      port: HTTPS,
    });
}
