import { type FileState, ProbeError, type Reader } from '../../model/index.ts';
import { lookCommand, readSections, runningText, type Section } from './look-script.ts';
import { parseSave, type RuleList } from './parse-save.ts';
import { readUnits, type UnitState } from './read-units.ts';
import { type RulesSpec, savedPath, toolOf } from './rules-spec.ts';

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
