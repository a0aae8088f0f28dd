import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { checkedCertificate } from '../../playbooks/checked-certificate.ts';
import { Secret } from '../../src/model/index.ts';
import { certificate } from '../checks/servers.ts';

const mine = certificate('www.example.test');
const other = certificate('other.example.test');
const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

function check(cert: string, key: string, at = now) {
  return checkedCertificate(new Secret('TLS_CERTIFICATE', cert), new Secret('TLS_KEY', key), at);
}

it('joins a certificate, its chain and its key into one text', () => {
  const { pem, fingerprint } = check(`${mine.cert}\n${other.cert}\n\n`, mine.key);
  expect(pem).toBe(`${mine.cert}\n${other.cert}${mine.key}`);
  expect(fingerprint).toBe(new X509Certificate(mine.cert).fingerprint256);
});

it('refuses a key that belongs to another certificate', () => {
  expect(() => check(mine.cert, other.key)).toThrow(
    'TLS_KEY does not belong to TLS_CERTIFICATE (CN=www.example.test): take the key that this certificate was made with',
  );
});

it('refuses a certificate that has expired, and one that is not valid yet', () => {
  expect(() => check(mine.cert, mine.key, days(2))).toThrow(
    /^TLS_CERTIFICATE \(CN=www.example.test\) has expired on .+ GMT: renew it$/,
  );
  expect(() => check(mine.cert, mine.key, days(-2))).toThrow(
    /^TLS_CERTIFICATE \(CN=www.example.test\) is not valid before .+ GMT$/,
  );
});

const encrypted = execFileSync('openssl', ['pkey', '-aes256', '-passout', 'pass:secret'], {
  input: mine.key,
});

it.each([
  [mine.key, mine.key, 'TLS_CERTIFICATE is not a certificate in PEM'],
  ['-----BEGIN CERTIFICATE-----', mine.key, 'TLS_CERTIFICATE is not a certificate in PEM'],
  [mine.cert, mine.cert, 'TLS_KEY is not a private key in PEM without a passphrase'],
  [mine.cert, String(encrypted), 'TLS_KEY is not a private key in PEM without a passphrase'],
])('refuses what is no such thing, and does not show it (%#)', (cert, key, message) => {
  expect(() => check(cert, key)).toThrow(message);
});
