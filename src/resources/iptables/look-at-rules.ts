import {
  type Command,
  type FileState,
  type Output,
  ProbeError,
  type Reader,
  shell,
} from '../../model/index.ts';
import { parseSave, type RuleList } from './parse-save.ts';
import { type RulesSpec, savedPath, toolOf } from './rules-spec.ts';

/** What one part of the look answered. */
interface Section {
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

/** What `systemctl show` says of a unit. */
export type UnitState = Readonly<Record<string, string>>;

const PROPERTIES = ['Id', 'LoadState', 'UnitFileState', 'ActiveState'].flatMap((name) => ['-p', name]);

/** How the units stand, in the order of their names (with their suffix). */
export async function readUnits<const Names extends readonly string[]>(
  names: Names,
  host: Reader,
): Promise<{ readonly [At in keyof Names]: UnitState }> {
  const { stdout } = await host.probe(['systemctl', 'show', ...PROPERTIES, ...names]);
  const units = stdout.split(/\n\n+/).map((block) => Object.fromEntries(block.split('\n').map(property)));
  const named = (name: string): UnitState => {
    const unit = units.find(({ Id }) => Id === name);
    if (!unit) throw new ProbeError(`systemctl said nothing of ${name}`);
    return unit;
  };
  return names.map(named) as { readonly [At in keyof Names]: UnitState };
}

/** Neither at work nor about to be. */
export function isStopped({ ActiveState = '' }: UnitState): boolean {
  return ['inactive', 'failed'].includes(ActiveState);
}

function property(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

/** Something that iptables itself would not load, in its words. */
export interface Refused {
  readonly problem: string;
}

export interface RulesSeen {
  readonly missing?: undefined;
  readonly running: RuleList;
  /** Our rules as the host's iptables prints them. */
  readonly ours: RuleList | Refused;
  readonly file: FileState;
  /** The saved list as the host's iptables reads it; undefined if there is none. */
  readonly saved: RuleList | Refused | undefined;
  readonly service: UnitState;
  readonly firewalld: UnitState;
}

/** A host without iptables shows nothing. */
export type RulesState = RulesSeen | { readonly missing: string };

export async function lookAtRules(spec: RulesSpec, host: Reader): Promise<RulesState> {
  const tool = toolOf(spec);
  const path = savedPath(spec);
  const names = [`${tool}.service`, 'firewalld.service'] as const;
  const [lists, [service, firewalld], file] = await Promise.all([
    host.probe(lookCommand(tool, spec.table, path, spec.rules)),
    readUnits(names, host),
    host.file(path, { contentUnless: '' }),
  ]);
  const sections = readSections(lists);
  const missing = sections.find(({ name }) => name === 'missing')?.text.trim();
  if (missing?.startsWith(tool)) return { missing: tool };
  if (missing) throw new ProbeError(`${missing} is not there, so no list could be looked at`, { missing });
  const section = (name: string) => sections.find((one) => one.name === name);
  return {
    running: parseSave(runningText(tool, section('running'))),
    ours: ourRules(spec, sections),
    file,
    saved: savedList(path, file, section('saved')),
    service,
    firewalld,
  };
}

function ourRules(spec: RulesSpec, sections: readonly Section[]): RuleList | Refused {
  const all = sections.find(({ name }) => name === 'ours');
  const list = loaded(all);
  if ('problem' in list) return { problem: whichRule(spec, sections) ?? list.problem };
  if (list.rules.length === spec.rules.length) return list;
  return { problem: 'a rule that names several addresses stands for several rules: write one for each' };
}

function whichRule(spec: RulesSpec, sections: readonly Section[]): string | undefined {
  const singly = sections.filter(({ name }) => name === 'rule');
  const at = singly.findIndex(({ code }) => code !== 0);
  if (at === -1) return undefined;
  // The line it names is one of the list that was made up to try the rule.
  const said = words(singly[at]?.errors ?? '').replace(/; Error occurred at line: \d+$/, '');
  return `${spec.rules[at]}: ${said}`;
}

function savedList(path: string, file: FileState, section: Section | undefined) {
  if (file.exists && file.type !== 'file') return { problem: `it is a ${file.type}, not a file` };
  if (file.exists !== (section !== undefined))
    throw new ProbeError(`${path} changed while we looked: run again`);
  if (!file.exists) return undefined;
  if (file.content === undefined) return { problem: 'it is larger than 1 MiB' };
  return loaded(section);
}

/** iptables exits 4 when it cannot get at the kernel or at its lock: that says nothing about the rules. */
function loaded(section: Section | undefined): RuleList | Refused {
  if (section?.code === 0) return parseSave(section.text);
  const errors = section?.errors ?? '';
  if (section === undefined || section.code === 4 || /^(unshare|sh):/m.test(errors)) {
    throw new ProbeError(`the rules could not be read by iptables: ${errors}`);
  }
  return { problem: words(errors) };
}

/** What iptables-restore has to say, without its name and its advice. */
function words(errors: string): string {
  const lines = errors.split('\n').map((line) => line.replace(/^\S+-restore(?: v\S+ \(\w+\))?: /, '').trim());
  return lines.filter((line) => line !== '' && !/^Try .*-h/.test(line)).join('; ');
}
