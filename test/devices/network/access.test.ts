import { describe, expect, it } from 'vitest';
import { networkDevices } from '../../../devices/network/index.ts';
import { dnsResolver } from '../../../devices/network/dns-resolver.ts';
import { ispGateway, SCANNED_PORTS } from '../../../devices/network/isp-gateway.ts';
import { lteGateway } from '../../../devices/network/lte-gateway.ts';
import { FakeDevice, tell } from './fake-device.ts';

describe('internet provider’s gateway', () => {
  tell(ispGateway, {
    'sends one unsolicited flow after another to the home’s address': (begin) => {
      const isp = begin();
      for (let i = 0; i < 3; i++) isp.fire('scan-due');
      expect(isp.all('datagram', 'scan').map((one) => [one.to, one.n])).toEqual([
        ['router.example', 1],
        ['router.example', 2],
        ['router.example', 3],
      ]);
    },
  });

  it('spaces them as measured: 152 an hour on average', () => {
    // With u = 1 − 1/e an exponential wait is its own mean.
    const isp = new FakeDevice(ispGateway, { draws: { scan: 1 - Math.exp(-1) } });
    isp.fire('scan-due');
    expect(3600e6 / isp.now).toBeCloseTo(151.7, 6);
  });

  it('aims at ports in the measured proportions', () => {
    // An even grid of draws stands for the distribution: exact up to the grid's width, without luck.
    const hits = new Map<number, number>();
    const grid = 20_000;
    for (let i = 0; i < grid; i++) {
      const isp = new FakeDevice(ispGateway, { draws: { 'scan-port': (i + 0.5) / grid } });
      isp.fire('scan-due');
      const { port } = isp.last('datagram');
      hits.set(port, (hits.get(port) ?? 0) + 1);
    }
    expect((hits.get(23)! / grid) * 151.7).toBeCloseTo(15.9, 1);
    expect((hits.get(8080)! / grid) * 151.7).toBeCloseTo(1.2, 1);
    const other = [...hits].filter(([port]) => !(SCANNED_PORTS as readonly number[]).includes(port));
    expect(other.reduce((sum, [, n]) => sum + n, 0) / grid).toBeCloseTo(1 - 38.13 / 151.7, 2);
    expect(other.every(([port]) => port >= 1024 && port <= 65_535)).toBe(true);
  });

  it('is silent when told so', () => expect(new FakeDevice(ispGateway, { settings: { 'background-scans': false } }).timers).toEqual([]));
});

describe('mobile gateway', () => {
  it('lets customers out by translation and nobody in, whatever its customers call their zone', () => {
    const [policy] = new FakeDevice(lteGateway, {}).policies;
    const verdict = (from: string, to: string): string =>
      policy!.rules.find((rule) => (rule.from ?? from) === from && (rule.to ?? to) === to)?.name ?? policy!.fallback.name;
    for (const zone of ['lte', 'wan']) {
      expect(verdict(zone, 'internet')).toBe('mobile outbound');
      expect(verdict('internet', zone)).toBe('mobile carrier: no inbound');
      expect(verdict(zone, zone)).toBe('mobile carrier: customers apart');
      expect(verdict(zone, 'self')).toBe('address service');
    }
    expect(verdict('internet', 'self')).toBe('mobile carrier: no inbound');
    expect(policy!.natTo).toEqual(['internet']);
  });
});

describe('name server', () => {
  tell(dnsResolver, {
    'answers with the address that a device has': (begin) => {
      const resolver = begin({ addresses: { 'address.platform': 1234 } });
      const id = resolver.tell('dns-query', { body: { name: 'platform.example' } });
      expect(resolver.last('reply', 'dns-answer')).toMatchObject({ n: id, body: { name: 'platform.example', address: 1234, ttl: 300 } });
    },
  });

  it('answers zero for names that nobody has', () => {
    const resolver = new FakeDevice(dnsResolver, { addresses: { 'address.platform': 1234 } });
    for (const name of ['nowhere.example', 'platform', 'platform.test', '.example', '', null]) {
      resolver.tell('dns-query', { body: { name } });
      expect(resolver.last('reply').body).toMatchObject({ address: 0, ttl: 60 });
    }
  });
});

it('all network models have different kinds', () => expect(new Set(networkDevices.map((model) => model.kind)).size).toBe(4));
