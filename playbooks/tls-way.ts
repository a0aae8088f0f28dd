import { z } from 'trueup';

/**
 * What becomes of TLS on 443 of the balancers:
 *
 * - `passthrough`: it goes through as it is. The web servers end it, and take a balancer for the client.
 * - `proxy-protocol`: the same, but the balancer first tells who the client is, by the PROXY protocol.
 * - `terminate`: the balancers end it, and tell who the client is in X-Forwarded-For.
 */
export const tlsWay = z.enum(['passthrough', 'proxy-protocol', 'terminate']).default('passthrough');

export type TlsWay = z.output<typeof tlsWay>;

/**
 * Where the web servers take TLS that begins with the PROXY protocol: a port of its own, so that 443 goes on for
 * everybody else. They always do, so that the balancers can change their way without them.
 */
export const PROXY_PROTOCOL_PORT = 8443;
