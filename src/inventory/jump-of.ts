const HOPS = /^[\w.@:[\]%/-]+(,[\w.@:[\]%/-]+)*$/;

/** Whether a text names jump hosts as `ssh -J` takes them, or is `none`. */
export function isJump(text: string): boolean {
  return HOPS.test(text) && !text.startsWith('-');
}

/** The jump hosts that a text names. */
export function hopsOf(text: string): { jump?: readonly string[] } {
  return text === 'none' ? {} : { jump: text.split(',') };
}

/** `ssh -W %h:%p bastion` is a jump in other words; `-q` changes nothing. */
export function hopsOfProxyCommand(command: string): { jump?: readonly string[] } | undefined {
  const bare = command.replace(/\s-q(?=\s|$)/g, '').trim();
  const hop =
    /^ssh\s+-W\s*"?\[?%h\]?:%p"?\s+(\S+)$/.exec(bare)?.[1] ??
    /^ssh\s+([^\s-]\S*)\s+-W\s*"?\[?%h\]?:%p"?$/.exec(bare)?.[1];
  return hop !== undefined && isJump(hop) && !hop.includes(',') ? { jump: [hop] } : undefined;
}
