import { describe, expect, it } from 'vitest';
import { checkPeers } from './peers.ts';
import { readSource, sourceFiles } from './source.ts';

describe('models find others by their settings', () => {
  it('in every file under devices/', () => {
    const files = sourceFiles(['devices']);
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap((file) => checkPeers(file, readSource(file)))).toEqual([]);
  });

  it.each([
    ["d.act('speaker', 'utterance', null, 1)", 'speaker'],
    ["const HUB = 'hub'; d.actRandom(HUB, 'x', null, 1, law, 'y')", 'hub'],
    ["d.stream('content.example', {})", 'content.example'],
    ['const V = "vendor-cloud"; d.datagram(`${V}.example`, 123, {})', 'vendor-cloud.example'],
    ["d.verified(message, 'voice-cloud')", 'voice-cloud'],
    ["const c = { host: 'soc.example' }", 'soc.example'],
    ["const r = { src: 'platform', to: 'wan' }", 'platform'],
    ["const bad = session.credential !== 'nurse-panel'", 'nurse-panel'],
    ["const SOC = 'soc'; if (certificateOf(session) !== SOC) stop()", 'soc'],
    ["const s = { hub: deviceIds('hub', 'Hub.') }", 'hub'],
  ])('refuses %s', (text, id) => {
    expect(checkPeers('devices/x.ts', text)).toMatchObject([{ message: `knows "${id}" by heart; a setting must tell it` }]);
  });

  it.each([
    "d.act(peer(d, 'speaker'), 'utterance', null, 1)",
    "d.act('patient', 'rescue', null, 1); d.datagram('*', 5353, {}); d.datagram('router.example', 1900, {})",
    "const c = { host: hostOf(d, 'platform'), credential: d.id, kind: 'camera' }",
    'const c = { credential: `broker-password-of-${d.id}` }',
    "d.request('platform', { kind: 'camera' })",
    "const s = { hub: deviceIds({ kind: 'hah-tablet' }, 'Hub.') }",
  ])('lets %s be', (text) => {
    expect(checkPeers('devices/x.ts', text)).toEqual([]);
  });
});
