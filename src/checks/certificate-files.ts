import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { type CheckContext, type Host, TrueupError } from '../model/index.ts';
import { hostSpec } from './host-spec.ts';

/** A certificate in a file on a host of the inventory. */
export const certificateFile = z.strictObject({
  on: hostSpec,
  path: z.string().startsWith('/', { error: 'expected an absolute path' }),
});

/** Only the certificates of the file travel: a private key beside them stays where it is. */
const FIRST = ['sed', '-n', '/^-----BEGIN CERT/,/^-----END CERT/p'] as const;

/** The names of the hosts by the SHA-256 of the certificate that they have: of a chain its first, which is the server's. */
export async function certificatesByFingerprint(
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
export function plainFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}
