import { z } from 'zod';
import { argument, type Share } from '../model/index.ts';

const PERCENTAGE = /^(\d+)%$/;

function isShare(value: unknown, least: number): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= least;
  const percent = typeof value === 'string' ? Number(PERCENTAGE.exec(value)?.[1] ?? Number.NaN) : Number.NaN;
  return percent >= least && percent <= 100;
}

const aFunction = (value: unknown) => typeof value === 'function';
const listOf = (value: unknown) => (Array.isArray(value) && value.length > 0 ? value : [value]);

const word = argument('let the command read it from a file on the host');

export const lastProbe = z.strictObject(
  {
    holds: z.string('expected what the last host has, such as `the address`').min(1, 'must not be empty'),
    probe: z.array(word, 'expected a command as a list of words').min(1, 'must not be empty'),
  },
  'expected { holds, probe }, or a function that returns it',
);

/** The fields as `definePlaybook` checks them. */
export const rolloutFields = {
  serial: z
    .custom<Share | readonly Share[]>(
      (value) => listOf(value).every((one) => isShare(one, 1)),
      "expected how many hosts at a time, from 1 on, or a percentage from '1%' to '100%', or a list of those",
    )
    .optional(),
  maxFail: z
    .custom<Share>(
      (value) => isShare(value, 0),
      "expected how many hosts may fail, from 0 on, or a percentage from '0%' to '100%'",
    )
    .optional(),
  last: z
    .union([z.custom(aFunction), lastProbe], 'expected { holds, probe }, or a function that returns it')
    .optional(),
  before: z.custom(aFunction, 'expected a function that returns steps').optional(),
  after: z.custom(aFunction, 'expected a function that returns steps').optional(),
};
