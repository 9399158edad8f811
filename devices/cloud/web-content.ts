import { defineDevice } from '../../sim/model/device.ts';

/**
 * The rest of the web: sites, video, advertising, connectivity probes. What a page weighs is the reader's draw, told
 * with the request, so that one reader's luck does not hang on how busy a server is.
 */
export const webContent = defineDevice<Record<string, never>>({
  kind: 'web-content',
  title: 'Web sites, video and advertising servers',
  family: 'cloud',
  roles: ['server'],
  settings: {},
  memory: () => ({}),
  listens: [80, 443],
  serves: ['web-get', 'connectivity-check'],
  machine: {
    initial: 'up',
    states: { up: { on: { 'web-get': { actions: ['sendPage'] }, 'connectivity-check': { actions: ['confirm'] } } } },
  },
  effects: {
    sendPage: (device, event) =>
      device.reply(event.message!, { kind: 'web-page', body: null, bytes: Number(event.body?.['pageBytes'] ?? 0) }),
    confirm: (device, event) =>
      device.reply(event.message!, { kind: 'connectivity-answer', body: null, bytes: device.parameter('web.probe-answer-bytes') }),
  },
});
