/** What an algorithm is for, as the two sides of SSH negotiate it. */
export type AlgorithmKind = 'keyExchange' | 'hostKey' | 'cipher' | 'mac';

/**
 * Weak algorithms, each offered only to hosts that allow it by name (`legacyAlgorithms` in the inventory): those that
 * rest on SHA-1, and ciphers in CBC mode. `ssh-rsa` is about signatures of host keys and of users' RSA keys.
 */
export const legacyAlgorithms: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  keyExchange: [
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
  ],
  hostKey: ['ssh-rsa'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  mac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-sha1-96'],
};
