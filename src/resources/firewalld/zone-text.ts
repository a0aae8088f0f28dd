/** What `firewall-cmd --list-all` or `--info-service` prints. */
export interface ZoneText {
  readonly name: string;
  /** What stands behind a key; for `rich rules` and `forward-ports`, its lines. */
  values(key: string): readonly string[];
}

const WHOLE_LINES = ['rich rules', 'forward-ports'];

export function readZone(text: string): ZoneText {
  const [head = '', ...lines] = text.split('\n');
  const values = new Map<string, string[]>();
  let key = '';
  for (const line of lines) {
    const [, name, rest = ''] = /^ {2}([a-z][a-z -]*):(?: (.*))?$/.exec(line) ?? [];
    key = name ?? key;
    const more = name === undefined ? line : rest;
    const found = WHOLE_LINES.includes(key) ? [more.trim()] : more.trim().split(/\s+/);
    values.set(key, [...(values.get(key) ?? []), ...found.filter((word) => word !== '')]);
  }
  return { name: head.split(' ')[0] ?? '', values: (name) => values.get(name) ?? [] };
}
