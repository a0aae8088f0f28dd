import { once } from 'node:events';
import tls, { type PeerCertificate } from 'node:tls';
import { tooLate } from './connect-failure.ts';

interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly servername?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
}

/** The certificate that a handshake shows, over a connection of its own; whether it is to be trusted is not asked. */
export async function certificateShown({
  address,
  port,
  servername,
  timeout,
}: Endpoint): Promise<PeerCertificate> {
  const signal = AbortSignal.timeout(timeout * 1000);
  const sni = servername === undefined ? {} : { servername };
  const socket = tls.connect({ host: address, port, ...sni, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal });
    return socket.getPeerCertificate();
  } catch (error) {
    throw signal.aborted ? tooLate(timeout) : error;
  } finally {
    socket.destroy();
  }
}

export function commonName({ subject }: PeerCertificate): string {
  return [subject.CN].flat()[0] ?? 'a certificate without a common name';
}
