import type { Conn } from './state.ts';

/** Header and handshake sizes, IP bytes (IPv4 20 + TCP 20 + record 29; hello and certificate flights as in evidence on TLS 1.3). */
const TCP_OVERHEAD = 40;
export const UDP_OVERHEAD = 28;
const TLS_OVERHEAD = 29;
export const SYN_BYTES = 60;
export const HELLO_BYTES = 600;
export const FINISHED_BYTES = 4200;
export const ACK_BYTES = 52;
export const RESET_BYTES = 40;
export const MDNS_BYTES = 80;

/** What a connection's headers add to each of its messages, bytes. */
export const overhead = (conn: Conn): number => (conn.transport === 'udp' ? UDP_OVERHEAD : TCP_OVERHEAD) + (conn.tls ? TLS_OVERHEAD : 0);
