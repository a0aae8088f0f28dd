import { once } from 'node:events';
import tls, { type PeerCertificate } from 'node:tls';
import { z } from 'zod';
import { defineCheck, type Outcome } from '../model/index.ts';
import { askUntilReached } from './ask-until-reached.ts';
import { connectFailure, tooLate } from './connect-failure.ts';
import { Tally } from './tally.ts';

const schema = z.strictObject({
  /** Name or address to connect to. */
  address: z.string().min(1),
  /** Default 443. */
  port: z.int().min(1).max(65535).default(443),
  /** The server name to ask for (SNI). Default: `address` if that is a name, else none. */
  servername: z.string().min(1).optional(),
  /** How many handshakes, each over a connection of its own. Default 1. */
  requests: z.int().min(1).max(1000).default(1),
  /** Names that must each be the common name (CN) of at least one certificate: proof that every server is reached. */
  reaches: z.array(z.string().min(1)).default([]),
  /** Seconds to go on while a name of `reaches` is missing, as after a server's restart. Default 10. */
  settle: z.number().min(0).max(600).default(10),
  /** The SHA-256 of the certificate that each server must show, in hex, with or without colons. */
  fingerprint: z
    .string()
    .transform((text) => text.replaceAll(':', '').toLowerCase())
    .pipe(z.string().regex(/^[\da-f]{64}$/, { error: 'expected the 64 hex digits of a SHA-256' }))
    .optional(),
  /** Seconds until a handshake must be done. Default 5. */
  timeout: z.number().positive().max(600).default(5),
});

type Spec = z.output<typeof schema>;

/**
 * Does TLS handshakes from the machine that trueup runs on, and looks at the certificates that it is shown.
 *
 * They are **not verified**: self-signed and expired ones pass. Give a `fingerprint` to insist on one.
 * Fails at the first handshake that fails or shows another fingerprint; and at the end, if a name of `reaches`
 * was on none of the certificates, nor on those of some seconds more (`settle`).
 *
 * ```ts
 * tlsCheck({ address: '10.61.0.11', requests: 10, reaches: ['nginx-01', 'nginx-02'] })
 * ```
 *
 * Follows RFC 8446; `openssl s_client -connect ADDRESS:PORT` shows the same by hand.
 */
export const tlsCheck = defineCheck({
  kind: 'tlsCheck',
  schema,
  name: ({ address, port }) => `${address} port ${port}`,
  async run(spec) {
    const seen = new Tally(spec.reaches);
    const { problem, asked } = await askUntilReached(spec, seen, (turn) => shake(spec, turn, seen));
    if (problem) return problem;
    if (seen.missing.length > 0) return notReached(spec, asked, seen);
    return { ok: true, detail: `${handshakes(asked)}: ${seen} (certificates not verified)` };
  },
});

async function shake(spec: Spec, turn: number, seen: Tally): Promise<Outcome | undefined> {
  const which = spec.requests === 1 ? '' : `handshake ${turn}: `;
  try {
    const certificate = await certificateOf(spec);
    seen.count(commonName(certificate));
    return wrongFingerprint(spec, certificate, which);
  } catch (error) {
    return connectFailure(which, error);
  }
}

async function certificateOf({ address, port, servername, timeout }: Spec): Promise<PeerCertificate> {
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

function commonName({ subject }: PeerCertificate): string {
  return [subject.CN].flat()[0] ?? 'a certificate without a common name';
}

function wrongFingerprint(spec: Spec, certificate: PeerCertificate, which: string): Outcome | undefined {
  const shown = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  if (spec.fingerprint === undefined || shown === spec.fingerprint) return undefined;
  const detail = `${which}expected the certificate with SHA-256 ${spec.fingerprint}, got that of ${commonName(certificate)} with ${shown}`;
  return { ok: false, detail, advice: 'if the certificate was renewed, change `fingerprint`' };
}

function notReached(spec: Spec, asked: number, seen: Tally): Outcome {
  const detail = `expected certificates of ${spec.reaches.join(', ')}; none of ${seen.missing.join(', ')} in ${handshakes(asked)} (${seen})`;
  return { ok: false, detail, advice: 'look whether it runs, and whether the balancer counts it as up' };
}

function handshakes(asked: number): string {
  return asked === 1 ? '1 handshake' : `${asked} handshakes`;
}
