import type { HostResult, RolledStep, RunResult, StepResult } from '../../model/index.ts';
import { failureDetails } from './failures.ts';
import type { JsonError } from './json.ts';
import { visible } from './visible.ts';

/** What a report is made of: a run, or the error that kept it from being one. */
export interface JunitReport extends RunResult {
  readonly started: Date;
  readonly error?: JsonError | undefined;
  /** Pending changes are failures, as they are for the exit code. */
  readonly detailed: boolean;
}

/**
 * The result as JUnit XML, as Jenkins and GitLab read it: a testsuite for each host, in it a testcase for each step or
 * check. No secret is in it.
 */
export function junit(report: JunitReport): string {
  const { command, hosts, seconds, error } = report;
  const suites = [
    ...hosts.map((host) => suiteOf(host, report)),
    ...(error ? [errorSuite(error, report)] : []),
  ];
  const attributes = { name: `trueup ${command}`, ...totals(suites), time: seconds.toFixed(3) };
  return xmlDocument(element('testsuites', attributes, suites));
}

function suiteOf(host: HostResult, report: JunitReport): Element {
  const steps = [...host.steps, ...turnSteps(host), ...(host.checks ?? [])];
  const names = distinct(steps.map(({ kind, name }) => `${kind} ${name}`));
  const cases = steps.map((step, index) => caseOf(step, names[index] ?? '', host, report));
  const { failure } = host;
  if (failure) {
    const why = element('error', { message: firstLine(failure.message), type: failure.kind }, [
      failureDetails(failure).join('\n'),
    ]);
    cases.unshift(element('testcase', { name: 'the host', classname: className(host.name, report) }, [why]));
  }
  return suite(host.name, host.address, cases, report, steps);
}

/** What a rollout did beside the steps; a host that it did not reach has a case that says why. */
function turnSteps({ rollouts = [], notReached }: HostResult): StepResult[] {
  const turns = rollouts.flatMap(({ before, after, verify }) => [
    ...before.map((step) => rolled('before', step)),
    ...after.map((step) => rolled('after', step)),
    ...verify,
  ]);
  return notReached === undefined ? turns : [...turns, rolloutStopped(notReached)];
}

function rolled(when: string, { status, ...step }: RolledStep): StepResult {
  const name = `${step.name} on ${step.on}, ${when} the change`;
  return { ...step, name, status: status === 'done' ? 'ok' : status };
}

function rolloutStopped(note: string): StepResult {
  return { kind: 'the', name: 'rollout', status: 'skipped', changes: [], note };
}

function errorSuite({ message, advice }: JsonError, report: JunitReport): Element {
  const text = advice === undefined ? message : `${message}\n→ ${advice}`;
  const why = element('error', { message: firstLine(message), type: 'input' }, [text]);
  const only = element('testcase', { name: report.command, classname: className('trueup', report) }, [why]);
  return suite('trueup', undefined, [only], report, []);
}

function suite(
  name: string,
  hostname: string | undefined,
  cases: readonly Element[],
  { started }: JunitReport,
  steps: readonly StepResult[],
): Element {
  const count = (kind: string) =>
    cases.filter(({ children }) => children.some((each) => isA(each, kind))).length;
  const attributes = {
    name,
    hostname,
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: steps.reduce((sum, { seconds = 0 }) => sum + seconds, 0).toFixed(3),
    timestamp: started.toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  return element('testsuite', attributes, cases);
}

function caseOf(step: StepResult, name: string, host: HostResult, report: JunitReport): Element {
  const { failure, seconds } = step;
  const place = failure?.place;
  const attributes = {
    name,
    classname: className(host.name, report),
    time: seconds?.toFixed(3),
    file: place?.file,
    line: place?.line,
  };
  const said = splitShellWords(step);
  const out = said === '' ? [] : [element('system-out', {}, [said])];
  return element('testcase', attributes, [...verdict(step, report), ...out]);
}

function verdict(step: StepResult, { detailed }: JunitReport): Element[] {
  const { status, failure } = step;
  if (failure || status === 'failed') {
    const message = firstLine(failure?.message ?? 'failed');
    return [
      element('failure', { message, type: step.kind }, failure ? [failureDetails(failure).join('\n')] : []),
    ];
  }
  const open = status === 'pending' || status === 'unknown';
  if (open && detailed)
    return [element('failure', { message: firstLine(splitShellWords(step)), type: status }, [])];
  return open || status === 'skipped'
    ? [element('skipped', { message: firstLine(splitShellWords(step)) || status }, [])]
    : [];
}

function splitShellWords({ changes, note, caution }: StepResult): string {
  const said = [...changes.map(({ summary }) => summary), note, caution && `! ${caution}`];
  return said.filter(Boolean).join('\n');
}

function totals(suites: readonly Element[]): Record<string, number> {
  const sum = (name: string) => suites.reduce((total, each) => total + Number(each.attributes[name]), 0);
  return { tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') };
}

/** GitLab takes two cases of one name for one. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** Jenkins takes what stands before the last dot for a package. */
function className(host: string, { command }: JunitReport): string {
  return `${command}.${host.replaceAll('.', '_')}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function isA(child: Element | string, name: string): boolean {
  return typeof child !== 'string' && child.name === name;
}

interface Element {
  readonly name: string;
  /** Those that are undefined are left out. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly (Element | string)[];
}

function element(name: string, attributes: Element['attributes'], children: Element['children']): Element {
  return { name, attributes, children };
}

/** XML 1.0, one element a line. What XML cannot hold is shown as pictures, and no secret is in it. */
function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '').join('\n')}\n`;
}

function lines({ name, attributes, children }: Element, indent: string): string[] {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const start = [name, ...given.map(([key, value]) => `${key}="${escapedInAttribute(`${value}`)}"`)].join(
    ' ',
  );
  if (children.length === 0) return [`${indent}<${start}/>`];
  if (children.every((child) => typeof child === 'string')) {
    return [`${indent}<${start}>${children.map(escaped).join('')}</${name}>`];
  }
  const inner = children.flatMap((child) =>
    typeof child === 'string' ? [escaped(child)] : lines(child, `${indent}  `),
  );
  return [`${indent}<${start}>`, ...inner, `${indent}</${name}>`];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Neither half characters nor these two are characters to XML. */
const NONE = /[\ud800-\udfff\ufffe\uffff]/gu;

function escaped(text: string): string {
  return visible(text)
    .replace(NONE, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** A line break of an attribute is read as a space unless it is written so. */
function escapedInAttribute(text: string): string {
  return escaped(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
