import { z } from 'zod';
import { attributeFields } from './attributes.ts';

/** Fields of every resource that makes a file. */
export const fileFields = {
  ...attributeFields('0644'),
  validate: z
    .tuple([z.string()], z.string(), "expected the words of a command, such as ['visudo', '-cf', '%s']")
    .refine(
      (words) => words.some((word) => word.includes('%s')),
      'expected %s where the path of the file belongs',
    )
    .optional(),
  backup: z.boolean().optional(),
  sensitive: z.boolean().optional(),
};
