import type { Command, Option } from 'commander';

/** For zsh it is the same, as zsh can read bash's completions. */
export function completionScript(shell: 'bash' | 'zsh', program: Command): string {
  const name = program.name();
  const rc = shell === 'bash' ? '~/.bashrc' : '~/.zshrc';
  const head = `# In ${rc}: source <(${name} completion ${shell})\n`;
  return head + (shell === 'zsh' ? ZSH : '') + bashFunction(name, program);
}

const ZSH = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
autoload -Uz bashcompinit && bashcompinit
`;

interface Leaf {
  /** Such as `inventory show`. */
  readonly path: string;
  readonly command: Command;
}

function bashFunction(name: string, program: Command): string {
  const groups = program.commands.filter(({ commands }) => commands.length > 0);
  const leaves = program.commands.flatMap((command) => leavesOf(command, ''));
  return `_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" options='' kind=file words=''
  [ "$prev" = '=' ] && prev="\${COMP_WORDS[COMP_CWORD-2]}"
  case "$prev" in
    -i|--inventory) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --junit) kind=file ;;
    -l|--limit) kind=host ;;
    ${valued(leaves).join('|')}) kind=none ;;
  esac
  case "$COMP_CWORD \${COMP_WORDS[1]}" in
    '1 '*) words='${program.commands.map((each) => each.name()).join(' ')} --help --version' ;;
${groups.map((group) => `    '2 ${group.name()}') words='${group.commands.map((each) => each.name()).join(' ')}' ;;`).join('\n')}
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[2]} " in
${leaves.map(leafCase).join('\n')}
  esac
  case "$cur" in -*) COMPREPLY=($(compgen -W "$options --help" -- "$cur")); return ;; esac
  case "$kind" in
    host)
      local last="\${cur##*[,!&]}"
      COMPREPLY=($(compgen -P "\${cur%"$last"}" -W "all $(_${name}_hosts)" -- "$last")) ;;
    file) COMPREPLY=($(compgen -f -- "$cur")) ;;
  esac
}
_${name}_hosts() {
  local at file=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in -i|--inventory) file=(-i "\${COMP_WORDS[at+1]}") ;; esac
  done
  ${name} inventory list "\${file[@]}" 2>/dev/null | awk -F '  +' '{ gsub(", ", " ", $3); print $1, $3 }'
}
complete -o filenames -F _${name} ${name}
`;
}

function leavesOf(command: Command, above: string): Leaf[] {
  const path = `${above}${command.name()}`;
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((each) => leavesOf(each, `${path} `));
}

function leafCase({ path, command }: Leaf): string {
  const options = command.options.map((option) => option.long).join(' ');
  const [argument] = command.registeredArguments;
  if (argument?.argChoices)
    return `    '${path} '*) words='${argument.argChoices.join(' ')}'; COMPREPLY=($(compgen -W "$words" -- "$cur")); return ;;`;
  const takesHosts = argument?.name() !== 'playbook';
  return `    '${path} '*) options='${options}'${takesHosts ? '; [ "$kind" = none ] || kind=host' : ''} ;;`;
}

/** Options for whose values there are proposals. */
const OWN = ['--inventory', '--limit', '--junit'];

/** Options whose value nothing can be proposed for. */
function valued(leaves: readonly Leaf[]): string[] {
  const takesValue = ({ long, required }: Option) => required && !OWN.includes(long ?? '');
  const options = leaves.flatMap(({ command }) => command.options.filter(takesValue));
  return [
    ...new Set(options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined)),
  ];
}
