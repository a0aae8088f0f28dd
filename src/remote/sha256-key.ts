import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';

/**
 * An RSA key that signs with SHA-256 only; other keys as they are. Left to itself, the SSH library signs with SHA-1 for
 * a server that names no signature algorithms, before it is known whether the server would take a better one.
 */
export function sha256Key(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  return Object.create(key, {
    type: { value: 'rsa-sha2-256' },
    sign: { value: (data: Buffer) => key.sign(data, 'sha256') },
  });
}

/** The same for the keys of an agent. */
export function onlySha256(agent: BaseAgent<ParsedKey>): BaseAgent<ParsedKey> {
  const originals = new WeakMap<ParsedKey, ParsedKey>();
  const [identities, sign] = [agent.getIdentities.bind(agent), agent.sign.bind(agent)];
  agent.getIdentities = (done) =>
    identities((error, keys) => {
      const wrapped = (keys as ParsedKey[] | undefined)?.map((key) => {
        const only = sha256Key(key);
        if (only !== key) originals.set(only, key);
        return only;
      });
      done(error, wrapped);
    });
  // The SSH library always gives options.
  const signWithSha256 = (
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions,
    done: SignCallback,
  ) => {
    const original = originals.get(key);
    if (original) sign(original, data, { ...options, hash: 'sha256' }, done);
    else sign(key, data, options, done);
  };
  agent.sign = signWithSha256 as typeof agent.sign;
  return agent;
}
