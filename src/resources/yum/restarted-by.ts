import type { Change } from '../../model/index.ts';
import type { Resolution } from './resolve.ts';

const UNIT = /^(?:\/usr)?\/lib\/systemd\/system\/([^/@]+\.service)$/;

/** A package that comes in another version restarts its running units in its scriptlets, on EL. */
export function restartedBy(resolution: Resolution): Pick<Change, 'restarts'> {
  if (resolution.kind === 'unreadable') return { restarts: 'any' };
  if (resolution.kind !== 'transaction') return {};
  const { items, files } = resolution;
  if (!items.some(({ does }) => ['upgrade', 'downgrade', 'reinstall'].includes(does))) return {};
  if (!files) return { restarts: 'any' };
  const units = files.renewed.map((path) => UNIT.exec(path)?.[1]).filter((unit) => unit !== undefined);
  return units.length > 0 ? { restarts: [...new Set(units)] } : {};
}
