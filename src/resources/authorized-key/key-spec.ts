import { z } from 'zod';
import { accountName } from '../files/attributes.ts';
import { type PublicKey, parseKey, sameKey } from './public-key.ts';

const keys = z
  .union([z.string(), z.array(z.string())], 'expected a public key, or a list of them')
  .transform((given, context) => {
    const parsed: PublicKey[] = [];
    for (const text of [given].flat()) {
      const key = /[\r\n]/.test(text.trim()) ? undefined : parseKey(text);
      if (key) parsed.push(key);
      else context.addIssue({ code: 'custom', message: whyNot(text) });
    }
    return parsed;
  })
  .refine((all) => all.length > 0, 'lists no key')
  .refine((all) => all.every((one, i) => !all.slice(i + 1).some((other) => sameKey(one, other))), {
    message: 'lists one twice',
  });

function whyNot(text: string): string {
  return text.includes('PRIVATE KEY')
    ? 'this is a private key: give the public one, which ends in .pub'
    : 'expected one whole public key, such as ssh-ed25519 AAAA… joe@laptop';
}

export const keySpec = z
  .strictObject({
    user: accountName,
    /** One or more lines as authorized_keys has them. */
    key: keys,
    state: z.enum(['present', 'absent']).default('present'),
    /** No other keys may log in as this user. */
    exclusive: z.boolean().default(false),
  })
  .refine(({ state, exclusive }) => state === 'present' || !exclusive, {
    message: '`exclusive` goes with state present',
  });

export type KeySpec = z.output<typeof keySpec>;
