import type { Host } from 'trueup';
import type { IpvsSettings } from './ipvs-settings.ts';
import { vrrpMistakes } from './vrrp-mistakes.ts';

interface Director {
  readonly host: Host;
  readonly vars: IpvsSettings & { readonly priority: number; readonly virtualRouterId: number };
}

interface Others {
  readonly all: readonly Host[];
  readonly servers: readonly Host[];
  readonly balancers: readonly Host[];
}

/** What makes it impossible that these directors do their work, each in one text. */
export function ipvsMistakes(directors: readonly Director[], { all, servers, balancers }: Others): string[] {
  return [
    ...vrrpMistakes(directors, all),
    ...differentKinds(directors),
    ...wrongServers(directors, servers),
    ...balancers.flatMap((balancer) => quarrel(directors, balancer)),
  ];
}

function differentKinds(directors: readonly Director[]): string[] {
  if (new Set(directors.map(({ vars }) => vars.lbKind)).size === 1) return [];
  const each = directors.map(({ host, vars }) => `${host.name} has ${vars.lbKind}`);
  return [`\`lbKind\` must be the same on all directors: ${each.join(', ')}`];
}

function wrongServers(directors: readonly Director[], servers: readonly Host[]): string[] {
  if (servers.length === 0)
    return ['the group `webservers` has no hosts: the directors have nobody to send to'];
  return directors
    .filter(({ host }) => servers.some(({ name }) => name === host.name))
    .map(
      ({ host }) =>
        `${host.name} cannot be a director and a web server: the two do opposite things with \`vip\``,
    );
}

/** Balancers of keepalived.ts in the same inventory. */
function quarrel(directors: readonly Director[], { name, vars }: Host): string[] {
  const [director] = directors;
  const same = (key: 'vip' | 'virtualRouterId') =>
    vars[key] !== undefined && vars[key] === director?.vars[key]
      ? [`\`${key}\` of the directors is that of the balancer ${name} too: take another`]
      : [];
  return [...same('vip'), ...same('virtualRouterId')];
}
