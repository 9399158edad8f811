import { networkInterfaces } from 'node:os';

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** How a host and port stand in a URL and in the Host header; the scheme's own port is left out there. */
export function authority(host: string, port: number, secure: boolean): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

/**
 * The exact values of the Host header that the server answers to. A page that rebinds its own name to our address
 * arrives with its own name in Host, and is refused.
 */
export function acceptedHosts(host: string, port: number, secure: boolean, publicUrl: URL | null): ReadonlySet<string> {
  const hosts = new Set<string>();
  if (publicUrl !== null) hosts.add(publicUrl.host);
  if (isLoopback(host)) for (const name of ['127.0.0.1', 'localhost', '::1', host]) hosts.add(authority(name, port, secure));
  else if (host === '0.0.0.0' || host === '::') {
    hosts.add(authority('localhost', port, secure));
    for (const addresses of Object.values(networkInterfaces()))
      for (const { address } of addresses ?? []) hosts.add(authority(address, port, secure));
  } else hosts.add(authority(host, port, secure));
  return hosts;
}

/** The exact values of the Origin header that may open a socket. */
export function acceptedOrigins(hosts: ReadonlySet<string>, secure: boolean, publicUrl: URL | null): ReadonlySet<string> {
  const origins = new Set([...hosts].map((host) => `${secure ? 'https' : 'http'}://${host}`));
  if (publicUrl !== null) origins.add(publicUrl.origin);
  return origins;
}
