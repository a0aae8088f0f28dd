import type { Host } from '../names.ts';

/** One that nobody has bought: the second bit says that it was given away locally. */
export function macAddress({ address }: Host): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}
