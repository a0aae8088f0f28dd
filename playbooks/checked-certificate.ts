import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Secret } from 'trueup';

export interface CheckedCertificate {
  /** The certificate, those that follow it, and the key: one text, as haproxy wants it. */
  readonly pem: string;
  /** SHA-256, in hex. */
  readonly fingerprint: string;
}

/** A certificate and its private key, both PEM; an error says what is wrong with them, without showing them. */
export function checkedCertificate(certificate: Secret, key: Secret, now: Date): CheckedCertificate {
  const x509 = parseCertificate(certificate);
  const who = `${certificate.name} (${x509.subject.replaceAll('\n', ', ')})`;
  if (!x509.checkPrivateKey(parseKey(key))) {
    throw new Error(
      `${key.name} does not belong to ${who}: take the key that this certificate was made with`,
    );
  }
  if (new Date(x509.validTo) < now) throw new Error(`${who} has expired on ${x509.validTo}: renew it`);
  if (new Date(x509.validFrom) > now) throw new Error(`${who} is not valid before ${x509.validFrom}`);
  const pem = [certificate, key].map((part) => `${part.reveal().trim()}\n`).join('');
  return { pem, fingerprint: x509.fingerprint256 };
}

function parseCertificate(certificate: Secret): X509Certificate {
  try {
    return new X509Certificate(certificate.reveal());
  } catch {
    throw new Error(
      `${certificate.name} is not a certificate in PEM, which begins -----BEGIN CERTIFICATE-----`,
    );
  }
}

function parseKey(key: Secret): KeyObject {
  try {
    return createPrivateKey(key.reveal());
  } catch {
    throw new Error(
      `${key.name} is not a private key in PEM without a passphrase, such as -----BEGIN PRIVATE KEY-----`,
    );
  }
}
