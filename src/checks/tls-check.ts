import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { PeerCertificate } from 'node:tls';
import tls from 'node:tls';
import { z } from 'zod';
import { type CheckContext, defineCheck, type Host, type Outcome, TrueupError } from '../model/index.ts';
import { askUntilReached } from './ask-until-reached.ts';
import { connectFailure, tooLate } from './connect-failure.ts';
import { hostSpec } from './host-spec.ts';
import { Tally } from './tally.ts';
import { withSighting } from './with-sighting.ts';

/** A certificate in a file on a host of the inventory. */
const certificateFile = z.strictObject({
  on: hostSpec,
  path: z.string().startsWith('/', { error: 'expected an absolute path' }),
});

/** Only the certificates of the file travel: a private key beside them stays where it is. */
const FIRST = ['sed', '-n', '/^-----BEGIN CERT/,/^-----END CERT/p'] as const;

/** The names of the hosts by the SHA-256 of the certificate that they have: of a chain its first, which is the server's. */
async function certificatesByFingerprint(
  files: readonly z.output<typeof certificateFile>[],
  context: CheckContext,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const read = await Promise.all(
    files.map(async (file) => [file.on, await fingerprint(file, context)] as const),
  );
  for (const [{ name }, sha256] of read) {
    const other = names.get(sha256);
    names.set(sha256, other === undefined ? name : `${other} or ${name}`);
  }
  return names;
}

async function fingerprint({ on, path }: { on: Host; path: string }, context: CheckContext): Promise<string> {
  const { bytes } = await context.at(on).probe([...FIRST, '--', path]);
  try {
    return plainFingerprint(new X509Certificate(bytes).fingerprint256);
  } catch (cause) {
    throw new TrueupError(`${path} on ${on.name} holds no certificate that can be read`, {
      advice: `look at it there: openssl x509 -in ${path} -noout -text`,
      cause,
    });
  }
}

/** 64 hex digits, as people compare them. */
function plainFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

const schema = z.strictObject({
  /** Name or address to connect to. */
  address: z.string().min(1),
  /** Default 443. */
  port: z.int().min(1).max(65535).default(443),
  /** The server name to ask for (SNI). Default: `address` if that is a name, else none. */
  servername: z.string().min(1).optional(),
  /** How many handshakes, each over a connection of its own. Default 1. */
  requests: z.int().min(1).max(1000).default(1),
  /**
   * Names that must each be the common name (CN) of at least one certificate: proof that every server is reached.
   * With `certificates`, the names of their hosts; default then: all of them.
   */
  reaches: z.array(z.string().min(1)).optional(),
  /** How many handshakes must meet each name of `reaches`: proof that they are spread over all of them. Default 1. */
  atLeast: z.int().min(1).max(1000).default(1),
  /**
   * Seconds to go on while a name of `reaches` is missing, as after a server's restart; from the first of the host's
   * checks on. Default 10.
   */
  settle: z.number().min(0).max(600).default(10),
  /** The SHA-256 of the certificate that each server must show, in hex, with or without colons. */
  fingerprint: z
    .string()
    .transform(plainFingerprint)
    .pipe(z.string().regex(/^[\da-f]{64}$/, { error: 'expected the 64 hex digits of a SHA-256' }))
    .optional(),
  /**
   * Where the servers keep their certificates, each as `{ on: host, path }`. Every handshake must show one of them, byte
   * for byte: proof that TLS is passed through, and ended by nobody on the way.
   */
  certificates: z.array(certificateFile).readonly().default([]),
  /** Seconds until a handshake must be done. Default 5. */
  timeout: z.number().positive().max(600).default(5),
});

type Spec = z.output<typeof schema>;

/**
 * Does TLS handshakes from the machine that trueup runs on, and looks at the certificates that it is shown.
 *
 * They are **not verified**: self-signed and expired ones pass. Give a `fingerprint` to insist on one, or
 * `certificates` to insist on those that hosts have.
 * Fails at the first handshake that fails or shows another certificate; and at the end, if a name of `reaches`
 * was on none of the certificates, nor on those of some seconds more (`settle`), or on fewer than `atLeast`.
 *
 * ```ts
 * tlsCheck({ address: '10.61.0.11', requests: 10, reaches: ['nginx-01', 'nginx-02'] })
 * tlsCheck({ address, certificates: group('webservers').map((on) => ({ on, path: '/etc/nginx/tls/server.crt' })) })
 * ```
 *
 * Follows RFC 8446; `openssl s_client -connect ADDRESS:PORT` shows the same by hand.
 */
export const tlsCheck = defineCheck({
  kind: 'tlsCheck',
  schema,
  name: ({ address, port }) => `${address} port ${port}`,
  async run(spec, context) {
    const known = await certificatesByFingerprint(spec.certificates, context);
    const seen = new Tally(spec.reaches ?? [...known.values()], spec.atLeast);
    const { problem, asked } = await askUntilReached(spec, context, seen, (turn) =>
      shake(spec, turn, { seen, known }),
    );
    return withSighting(problem ?? verdict(spec, asked, seen), seen);
  },
});

function verdict(spec: Spec, asked: number, seen: Tally): Outcome {
  if (seen.missing.length > 0) return notReached(asked, seen);
  const how =
    spec.certificates.length > 0 ? 'the certificates that these hosts have' : 'certificates not verified';
  return { ok: true, detail: `${handshakes(asked)}: ${seen} (${how})` };
}

interface Meeting {
  readonly seen: Tally;
  /** Whose a certificate is, by its fingerprint. */
  readonly known: ReadonlyMap<string, string>;
}

async function shake(spec: Spec, turn: number, { seen, known }: Meeting): Promise<Outcome | undefined> {
  const which = spec.requests === 1 ? '' : `handshake ${turn}: `;
  try {
    const certificate = await certificateShown(spec);
    const owner = known.get(plainFingerprint(certificate.fingerprint256));
    seen.count(owner ?? commonName(certificate));
    if (known.size > 0 && owner === undefined) return strange(spec, certificate, which);
    return wrongFingerprint(spec, certificate, which);
  } catch (error) {
    return connectFailure(which, error);
  }
}

function wrongFingerprint(spec: Spec, certificate: PeerCertificate, which: string): Outcome | undefined {
  const shown = plainFingerprint(certificate.fingerprint256);
  if (spec.fingerprint === undefined || shown === spec.fingerprint) return undefined;
  const detail = `${which}expected the certificate with SHA-256 ${spec.fingerprint}, got that of ${commonName(certificate)} with ${shown}`;
  return { ok: false, detail, advice: 'if the certificate was renewed, change `fingerprint`' };
}

function strange({ certificates }: Spec, certificate: PeerCertificate, which: string): Outcome {
  const files = certificates.map(({ on, path }) => `${on.name}:${path}`).join(', ');
  const shown = `${commonName(certificate)} with SHA-256 ${plainFingerprint(certificate.fingerprint256)}`;
  return {
    ok: false,
    detail: `${which}expected the certificate of ${files}, got that of ${shown}`,
    advice:
      'somebody else ends TLS on the way, or a server has not been reloaded since it got its certificate',
  };
}

function notReached(asked: number, seen: Tally): Outcome {
  const detail = `expected certificates of ${Object.keys(seen.reached).join(', ')}; ${seen.lack} in ${handshakes(asked)} (${seen})`;
  return { ok: false, detail, advice: 'look whether it runs, and whether the balancer counts it as up' };
}

function handshakes(asked: number): string {
  return asked === 1 ? '1 handshake' : `${asked} handshakes`;
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly servername?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
}

/** The certificate that a handshake shows, over a connection of its own; whether it is to be trusted is not asked. */
async function certificateShown({ address, port, servername, timeout }: Endpoint): Promise<PeerCertificate> {
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
