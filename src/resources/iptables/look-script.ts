import { type Command, type Output, ProbeError, shell } from '../../model/index.ts';

/** What one part of the look answered. */
export interface Section {
  readonly name: string;
  readonly code: number;
  readonly text: string;
  readonly errors: string;
}

/**
 * Prints the running list, and, as the host's own iptables would print them, our rules and the saved list: both
 * are loaded into a network namespace of their own, so nothing of the host is touched. User chains and sets
 * (ipset(8)) that the lists speak of are made up there first. Each section is `@NAME EXIT-CODE`, then its lines
 * behind a bar; its name stands in stderr too.
 */
const SCRIPT = `
tool=$1 table=$2 saved=$3
shift 3
for needed in "$tool-save" "$tool-restore" unshare; do
  command -v "$needed" >/dev/null || { echo "@missing 127"; echo "|$needed"; exit 0; }
done
wait=
"$tool-restore" --wait=10 --test </dev/null >/dev/null 2>&1 && wait=--wait=10
section() {
  name=$1
  shift
  echo "@$name" >&2
  text=$("$@")
  code=$?
  printf '@%s %s\\n' "$name" "$code"
  printf '%s\\n' "$text" | sed 's/^/|/'
}
mentioned() {
  "$tool-save" -t "$table"
  if [ -f "$saved" ]; then cat "$saved"; fi
  for rule; do rule=\${rule#-A }; printf ':%s -\\n%s\\n' "\${rule%% *}" "$rule"; done
}
chains=$(mentioned "$@" 2>/dev/null | sed -n 's/^:\\([^ ]*\\) -.*/\\1/p' | sort -u |
  grep -vxE 'PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING' | sed 's/.*/:& - [0:0]/')
sets=
if command -v ipset >/dev/null && mentioned "$@" 2>/dev/null | grep -q -e '-set '; then
  sets=$(ipset save) || exit
  sets=$(printf '%s\\n' "$sets" | grep '^create ')
fi
normal() {
  unshare -n sh -c 'if [ -n "$3" ]; then printf "%s\\n" "$3" | ipset restore; fi
    "$0-restore" $2 && "$0-save" -t "$1"' "$tool" "$table" "$wait" "$sets"
}
ours() {
  { printf '*%s\\n' "$table"; printf '%s\\n' "$chains" "$@"; echo COMMIT; } | grep . | normal
}
section running "$tool-save" -t "$table"
section ours ours "$@"
if [ "$code" -ne 0 ]; then for rule; do section rule ours "$rule"; done; fi
if [ -f "$saved" ]; then section saved normal <"$saved"; fi
`;

export function lookCommand(tool: string, table: string, saved: string, rules: readonly string[]): Command {
  return shell(SCRIPT, tool, table, saved, ...rules);
}

export function readSections(output: Output): Section[] {
  const errors = splitErrors(output.stderr);
  const sections: { name: string; code: number; lines: string[] }[] = [];
  for (const line of output.stdout.split('\n')) {
    const head = /^@(\S+) (\d+)$/.exec(line);
    if (head) sections.push({ name: head[1] ?? '', code: Number(head[2]), lines: [] });
    else if (line.startsWith('|')) sections.at(-1)?.lines.push(line.slice(1));
  }
  return sections.map(({ name, code, lines }, at) => ({
    name,
    code,
    text: lines.map((line) => `${line}\n`).join(''),
    errors: errors[at] ?? '',
  }));
}

function splitErrors(stderr: string): string[] {
  return stderr
    .split(/^@\S+\n/m)
    .slice(1)
    .map((text) => text.trim());
}

/** A list that iptables could not show is not an empty one. */
export function runningText(tool: string, section: Section | undefined): string {
  const said = `${section?.text ?? ''}\n${section?.errors ?? ''}`;
  const incompatible = said.split('\n').find((line) => line.includes('is incompatible'));
  if (section?.code !== 0 || incompatible) {
    throw new ProbeError(
      `${tool}-save did not show the running list: ${incompatible ?? section?.errors ?? ''}`,
    );
  }
  return section.text;
}
