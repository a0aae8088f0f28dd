const HOPS = /^[\w.@:[\]%/-]+(,[\w.@:[\]%/-]+)*$/;

/** The jump hosts that a text names: as they are, or in the words of ssh as `ansible_ssh_common_args` has them. */
export function jumpOf(text: string): string | undefined {
  const words = text.trim().replace(/^-o\s*(["'])(.*)\1$/, '-o $2');
  if (!words.startsWith('-')) return checked(words);
  return checked(
    /^-J\s*(\S+)$/.exec(words)?.[1] ??
      /^-o\s*ProxyJump[=\s]\s*(\S+)$/i.exec(words)?.[1] ??
      ofProxyCommand(words),
  );
}

/** `ssh -W %h:%p bastion` is a jump in other words; `-q` changes nothing. */
function ofProxyCommand(words: string): string | undefined {
  const [, , command = ''] = /^-o\s*ProxyCommand=(["']?)(.*)\1$/i.exec(words) ?? [];
  const bare = command.replace(/\s-q(?=\s|$)/g, '').trim();
  return (
    /^ssh\s+-W\s*"?\[?%h\]?:%p"?\s+(\S+)$/.exec(bare)?.[1] ??
    /^ssh\s+([^\s-]\S*)\s+-W\s*"?\[?%h\]?:%p"?$/.exec(bare)?.[1]
  );
}

function checked(hops: string | undefined): string | undefined {
  return hops !== undefined && HOPS.test(hops) && !hops.startsWith('-') ? hops : undefined;
}
