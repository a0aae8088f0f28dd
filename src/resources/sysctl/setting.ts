/** One kernel parameter with the value that it shall have. */
export interface Setting {
  /** With dots, as in `net.ipv4.ip_forward`; a dot within a part is written as a slash. */
  readonly key: string;
  /** Below /proc/sys. */
  readonly path: string;
  readonly value: string;
}

export function setting(key: string, value: string | number): Setting {
  const path = pathOf(key);
  return { key: keyOf(path), path, value: normalise(String(value)) };
}

/** The first separator decides: `net.ipv4.conf.eth0/100.x` and `net/ipv4/conf/eth0.100/x` are the same. */
export function pathOf(key: string): string {
  return /^[^./]*\//.test(key) ? key : swap(key);
}

function keyOf(path: string): string {
  return swap(path);
}

function swap(text: string): string {
  return text.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** The kernel separates numbers by tabs, people by spaces. */
export function normalise(value: string): string {
  return value.trim().split(/\s+/).join(' ');
}
