import { z } from 'zod';
import { argument } from '../../model/index.ts';
import { attributeFields } from './attributes.ts';

const word = argument('let the validator read it from the file');

/** Fields of every resource that makes a file. */
export const fileFields = {
  ...attributeFields('0644'),
  validate: z
    .tuple([word], word, "expected the words of a command, such as ['visudo', '-cf', '%s']")
    .refine(
      (words) => words.some((word) => word.includes('%s')),
      'expected %s where the path of the file belongs',
    )
    .optional(),
  backup: z.boolean().optional(),
  sensitive: z.boolean().optional(),
};
