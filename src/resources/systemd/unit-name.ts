import { z } from 'zod';

const SUFFIX = /\.(service|socket|timer|path|mount|target)$/;

/** A unit's name; without a suffix it is a service. */
export const unitName = z
  .string()
  .regex(/^[\w@:.\\][\w@:.\\-]*$/, 'must be the name of a systemd unit, such as haproxy or haproxy.service')
  .transform((name) => (SUFFIX.test(name) ? name : `${name}.service`));

/** The names under which its drop-ins may lie: a unit of a template also takes the template's. */
export function dropInNames(unit: string): string[] {
  const template = unit.replace(/@.*(\.\w+)$/, '@$1');
  return [...new Set([unit, template])].map((name) => `${name}.d`);
}
