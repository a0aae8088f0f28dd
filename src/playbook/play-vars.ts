import type { z } from 'zod';
import {
  didYouMean,
  fieldPlace,
  type Host,
  InputError,
  type Inventory,
  issueInWords,
  nearest,
  type Place,
  startOf,
} from '../model/index.ts';
import type { PlayDefinition } from './define-playbook.ts';
import type { ExtraVars } from './extra-vars.ts';
import { locateError } from './locate-error.ts';

/** The vars of a host as the play's schema has them, its defaults filled in. */
export function varsFor(
  play: PlayDefinition,
  host: Host,
  inventory: Inventory,
  extraVars: ExtraVars,
): Record<string, unknown> {
  const given = givenVars(play, host, extraVars);
  const first = parse(given, play, host);
  const checked = first.success
    ? first
    : parse({ ...given, ...typedTexts(first.error.issues, extraVars) }, play, host);
  if (checked.success) return declaredVars(checked.data, Object.keys(play.vars.shape));
  // A misspelt key says more than the missing one that it was meant to be.
  const { issues } = checked.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (!issue) throw checked.error;
  throw problem(issue, { play, host, inventory, extraVars, given });
}

/** A schema may run code of the playbook, such as that of `refine` and `transform`. */
function parse(given: unknown, play: PlayDefinition, host: Host) {
  try {
    return play.vars.safeParse(given);
  } catch (error) {
    const doing = `vars of play ${play.name}, for host ${host.name}`;
    throw locateError(error, doing, () => fieldPlace(play.place, ['vars']));
  }
}

/** Only what the schema declares: the inventory's other vars are none of this play's business. */
function givenVars(play: PlayDefinition, host: Host, extraVars: ExtraVars): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(play.vars.shape)) {
    if (extraVars.has(name)) given[name] = extraVars.get(name)?.value;
    else if (Object.hasOwn(host.vars, name)) given[name] = host.vars[name];
  }
  return given;
}

/** `-e mode=0644` for a var that shall be a text: what was typed, and not what YAML makes of it. */
function typedTexts(issues: readonly z.core.$ZodIssue[], extraVars: ExtraVars): Record<string, string> {
  const wanting = issues.filter((issue) => issue.path.length === 1 && wantsText(issue));
  const texts = wanting.map(({ path: [name] }) => [String(name), extraVars.get(String(name))?.text] as const);
  return Object.fromEntries(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

interface Case {
  readonly play: PlayDefinition;
  readonly host: Host;
  readonly inventory: Inventory;
  readonly extraVars: ExtraVars;
  readonly given: Readonly<Record<string, unknown>>;
}

function problem(issue: z.core.$ZodIssue, at: Case): InputError {
  const name = String(issue.path[0] ?? '');
  if (name !== '' && !Object.hasOwn(at.given, name)) return missing(name, issueInWords(issue), at);
  const extra = at.extraVars.get(name);
  const origin = extra ? '-e ' : '';
  const what = name === '' ? '' : `${origin}var \`${issue.path.map(String).join('.')}\`: `;
  const message = `host ${at.host.name}: ${what}${issueInWords(issue, at.play.vars)}`;
  return new InputError(`${message}, for play ${at.play.name}`, {
    place: extra ? extra.place : (at.inventory.placeOf(at.host.name, name) ?? at.play.place),
    ...adviceFor(issue),
  });
}

function missing(name: string, reason: string, { play, host, inventory }: Case): InputError {
  const near = nearest(name, Object.keys(host.vars));
  const place: Place | undefined = near === undefined ? undefined : inventory.placeOf(host.name, near);
  const hint = near === undefined ? '' : `; it has \`${near}\`: did you mean that?`;
  const group = host.groups.at(-1) ?? 'all';
  return new InputError(
    `host ${host.name} has no var \`${name}\`, which play ${play.name} needs (${reason})${hint}`,
    {
      place: place ?? inventory.placeOf(host.name, 'address') ?? startOf(inventory.file),
      advice: `Set it in the inventory (vars of the host or of a group, such as group_vars/${group}.yml), or with -e ${name}=…`,
    },
  );
}

/** YAML reads a bare 1.10 as the number 1.1 and 0644 as 644. */
function adviceFor(issue: z.core.$ZodIssue): { advice?: string } {
  const isReadAsAnother = wantsText(issue) && /received (number|boolean)/.test(issue.message);
  return isReadAsAnother ? { advice: 'Quote it: YAML reads it as something else.' } : {};
}

function wantsText(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.expected === 'string';
}

// JSON.stringify and await ask every object for these.
const ASKED_OF_ALL = ['toJSON', 'then'];

/**
 * The vars of a host for a playbook, in which a misspelt name is an error: `undefined` would be written into a file
 * as a word. Declared ones that have no value are undefined, as they were said to be.
 */
function declaredVars<Vars extends object>(vars: Vars, declared: readonly string[]): Vars {
  return new Proxy(vars, {
    get: (target, name, receiver) => {
      if (typeof name === 'symbol' || name in target || [...declared, ...ASKED_OF_ALL].includes(name)) {
        return Reflect.get(target, name, receiver);
      }
      throw new Error(`the play declares no var \`${name}\`${didYouMean(name, declared)}`);
    },
  });
}
