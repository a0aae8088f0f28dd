import { type Reader, shell } from '../../model/index.ts';
import { readZone, type ZoneText } from '../firewalld/zone-text.ts';

/** Traffic that a firewall would have to let in. */
export interface Traffic {
  readonly protocol: string;
  /** `80` or `8000-8010`. */
  readonly port: string;
  /** Of a service that is for one address only: `fe80::/64`. */
  readonly destination?: string;
}

/** One thing that firewalld lets through. */
export interface Allowed {
  readonly zone: string;
  /** For people: `ssh 22/tcp`, `masquerade`. */
  readonly words: string;
  /** Empty for what is no matter of single ports. */
  readonly traffic: readonly Traffic[];
  /** The option of firewall-cmd that brings it back. */
  readonly option?: string;
}

/**
 * A zone is active where an interface or a source is bound to it; all other interfaces have the default zone. A
 * firewalld before 0.9 knows no policies.
 */
const SCRIPT = `
default=$(firewall-cmd --get-default-zone) || exit
active=$(firewall-cmd --get-active-zones) || exit
zones=$( { echo "$default"; echo "$active" | sed -n 's/^\\([^ \\t][^ ]*\\).*/\\1/p'; } | sort -u)
for zone in $zones; do
  echo '@zone'
  text=$(firewall-cmd --zone="$zone" --list-all) || exit
  echo "$text"
  services="$services $(echo "$text" | sed -n 's/^  services: //p')"
done
for service in $(printf '%s\\n' $services | sort -u); do
  echo '@service'
  firewall-cmd --info-service="$service" || exit
done
echo '@direct'
firewall-cmd --direct --get-all-rules || exit
echo '@policies'
said=$(firewall-cmd --get-active-policies 2>&1) || case $said in
*'unrecognized arguments'*) exit 0 ;;
*) printf '%s\\n' "$said" >&2; exit 2 ;;
esac
printf '%s\\n' "$said"`;

/** A policy of every firewalld, for what IPv6 itself cannot do without. */
const BUILT_IN = 'allow-host-ipv6';

export async function readAllowed(host: Reader): Promise<Allowed[]> {
  const { stdout } = await host.probe(shell(SCRIPT), { limit: 60 });
  const sections = stdout.split(/^@/m).slice(1);
  const texts = (name: string) =>
    sections.filter((text) => text.startsWith(`${name}\n`)).map((text) => text.slice(name.length + 1));
  const services = new Map(
    texts('service')
      .map(readZone)
      .map((service) => [service.name, service]),
  );
  const lines = (name: string) => texts(name).flatMap((text) => text.split('\n').filter(Boolean));
  const policies = lines('policies').filter((line) => /^\S/.test(line) && !line.startsWith(BUILT_IN));
  return [
    ...texts('zone').flatMap((text) => allowedIn(readZone(text), services)),
    ...lines('direct').map((rule) => ({ zone: '', words: `direct rule ${rule}`, traffic: [] })),
    ...policies.map((name) => ({ zone: '', words: `policy ${name}`, traffic: [] })),
  ];
}

function allowedIn(zone: ZoneText, services: ReadonlyMap<string, ZoneText>): Allowed[] {
  const one = (words: string, option?: string, traffic: readonly Traffic[] = []): Allowed => ({
    zone: zone.name,
    words,
    traffic,
    ...(option === undefined ? {} : { option }),
  });
  const each = (key: string, option: string, what = '') =>
    zone.values(key).map((value) => one(`${what}${value}`, `--add-${option}=${value}`));
  return [
    ...(zone.values('target')[0] === 'ACCEPT' ? [one('everything (target ACCEPT)')] : []),
    ...zone.values('services').map((name) => {
      const traffic = trafficOf(services.get(name));
      const words = [name, ...traffic.map(({ port, protocol }) => `${port}/${protocol}`)].join(' ');
      return one(words, `--add-service=${name}`, traffic);
    }),
    ...zone.values('ports').map((port) => one(port, `--add-port=${port}`, [portOf(port)])),
    ...each('protocols', 'protocol', 'protocol '),
    ...each('source-ports', 'source-port', 'source port '),
    ...each('forward-ports', 'forward-port', 'forward port '),
    ...(zone.values('masquerade')[0] === 'yes' ? [one('masquerade', '--add-masquerade')] : []),
    ...each('sources', 'source', 'source '),
    ...each('rich rules', 'rich-rule'),
  ];
}

function trafficOf(service: ZoneText | undefined): Traffic[] {
  const destinations = service?.values('destination') ?? [];
  const only = destinations.length === 1 ? destinations[0]?.replace(/^ipv[46]:/, '') : undefined;
  const where = only === undefined ? {} : { destination: only };
  return (service?.values('ports') ?? []).map((port) => ({ ...portOf(port), ...where }));
}

function portOf(text: string): Traffic {
  const [port = '', protocol = ''] = text.split('/');
  return { protocol, port };
}
