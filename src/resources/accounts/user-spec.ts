import { z } from 'zod';
import { Secret } from '../../model/index.ts';
import { accountName, attributeFields } from '../files/attributes.ts';
import { id, newName, state } from './account-fields.ts';

const path = attributeFields('0755').path;

/** `$id$…`, or what locks an account. A plain password is none of these; DES hashes are left out, as words look like them. */
const HASH = /^(?:[!*]{1,2}|!{0,2}\$[0-9a-z]{1,4}\$[^:\s]{8,})$/;

export const userSpec = z
  .strictObject({
    name: newName,
    /** Default: what useradd chooses. */
    uid: id.optional(),
    /** The primary group. Default: a new one of the user's name. */
    group: accountName.optional(),
    /** Supplementary groups. */
    groups: z.array(accountName).optional(),
    /** The user is in no other supplementary groups. */
    exclusive: z.boolean().default(false),
    home: path.optional(),
    shell: path.optional(),
    /** The full name, or what else the account is for. */
    comment: z
      .string()
      .regex(/^[^:\p{Cc}]*$/u, 'expected one line without a colon')
      .optional(),
    system: z.boolean().default(false),
    /** A hash of crypt(3). */
    password: z
      .instanceof(Secret, { error: "expected a secret, such as secret('JOE_HASH')" })
      .refine((hash) => HASH.test(hash.reveal()), {
        message:
          'expected a hash of crypt(3), as `openssl passwd -6` or `mkpasswd` makes it, not the password',
      })
      .optional(),
    state,
  })
  .refine(({ exclusive, groups }) => !exclusive || groups !== undefined, {
    message: '`exclusive` needs `groups`: an empty list takes the user out of all',
  })
  .refine(({ name, state: wanted }) => name !== 'root' || wanted === 'present', {
    message: 'root is never removed',
  });

export type UserSpec = z.output<typeof userSpec>;
