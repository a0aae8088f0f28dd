import { z } from 'zod';

export const MODES = ['enforcing', 'permissive', 'disabled'] as const;
export type Mode = (typeof MODES)[number];

export const modeSpec = z.strictObject({
  mode: z.enum(MODES),
  /** While a saved mode does not take effect: false skips the step, true blocks it. */
  required: z.boolean().default(false),
});

export type ModeSpec = z.output<typeof modeSpec>;
