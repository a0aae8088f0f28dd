import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { legacyAlgorithms } from '../../src/model/index.ts';
import { algorithmsFor } from '../../src/remote/algorithms.ts';
import { ssh2 } from '../../src/remote/ssh2.ts';

const HOST = {
  name: 'lb-01',
  address: 'lb-01',
  port: 22,
  user: 'root',
  hostKeys: 'strict' as const,
  groups: [],
  vars: {},
};

/** The defaults of ssh(1) in OpenSSH 9.2, see ssh_config(5). */
const OPENSSH = {
  keyExchange:
    'sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,' +
    'ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,' +
    'diffie-hellman-group18-sha512,diffie-hellman-group14-sha256',
  hostKey:
    'ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,' +
    'sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256',
  cipher:
    'chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com',
  mac:
    'umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,' +
    'hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1',
};

it('what is offered is in the order of OpenSSH 9, less SHA-1 and what the SSH library does not have', () => {
  const lacking = /sntrup|umac|sk-|sha1/;
  const expected = Object.entries(OPENSSH).map(([kind, names]) => [
    kind,
    names.split(',').filter((name) => !lacking.test(name)),
  ]);
  expect(algorithmsFor([], HOST)).toEqual(Object.fromEntries(expected));
});

it('every algorithm that a host may allow is one that the SSH library can be told to offer, after all others', () => {
  const names = Object.values(legacyAlgorithms).flat();
  const all = algorithmsFor([], { ...HOST, legacyAlgorithms: names });
  const { keyExchange, hostKey, cipher, mac } = all;
  expect(keyExchange.slice(-3)).toEqual(legacyAlgorithms.keyExchange);
  expect(hostKey.at(-1)).toBe('ssh-rsa');
  expect(cipher.slice(-4)).toEqual(legacyAlgorithms.cipher);
  expect(mac.slice(-3)).toEqual(legacyAlgorithms.mac);
  const client = new ssh2.Client();
  // It throws for a name that it does not know, before it connects.
  client
    .on('error', () => {})
    .connect({
      sock: new PassThrough(),
      username: 'root',
      algorithms: { kex: keyExchange, serverHostKey: hostKey, cipher, hmac: mac } as never,
    });
  client.destroy();
});
