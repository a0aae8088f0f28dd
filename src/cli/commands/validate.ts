import { expandPlays } from '../../engine/host-plays.ts';
import { FactsNeeded, type Host, mask, TrueupError } from '../../model/index.ts';
import { type PlaybookContext, playbookContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { writeDocument } from '../masked-streams.ts';
import type { ValidateOptions } from '../query-commands.ts';
import { jsonDocument } from '../views/json.ts';
import { paintFor } from '../views/paint.ts';
import { type Validated, validatedText } from '../views/validated-text.ts';

/**
 * Everything that can be found wrong without a host: inventory, playbook, vars, secrets, templates and sources, two
 * owners of one thing, keys. The mistakes of each host are told together.
 */
export async function validate(inquiry: ValidateOptions): Promise<number> {
  const context = await playbookContext(inquiry);
  const validated: Validated[] = [];
  for (const host of context.hosts) validated.push(await validateHost(host, context));
  const code = validated.some(({ problems }) => problems.length > 0) ? EXIT.usage : EXIT.done;
  if (inquiry.json) writeDocument(`${jsonDocument('validate', validated.map(documentOf), code)}\n`);
  else process.stdout.write(`${mask(validatedText(validated, paintFor(process.stdout)))}\n`);
  return code;
}

async function validateHost(host: Host, context: PlaybookContext): Promise<Validated> {
  const { project } = context;
  const problems: TrueupError[] = [];
  const plays = context.plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
  const steps = await noting(problems, async () => {
    const expanded = await expandPlays(plays, host, project, undefined);
    return expanded?.flatMap((play) => play.steps);
  });
  // A mistake in one play, or a question for facts, hides those of the others.
  if (steps === undefined)
    for (const play of plays) await noting(problems, () => expandPlays([play], host, project, undefined));
  const checks = await noting(problems, async () => plays.flatMap((play) => play.checks(host, undefined)));
  await noting(problems, () => refuseKey(host, context));
  return { host, steps, checks, problems };
}

/** The key that the inventory names: whether it is there, and can be used. */
async function refuseKey(host: Host, { inventory, connectOptions }: PlaybookContext): Promise<void> {
  const { checkIdentityFile } = await import('../../remote/check-identity-file.ts');
  const placeOf = ({ name }: Host) => inventory.placeOf(name, 'identityFile');
  await checkIdentityFile([host], placeOf, await connectOptions());
}

/** What depends on facts is not known without the host: no mistake, and no answer. */
async function noting<T>(problems: TrueupError[], job: () => Promise<T>): Promise<T | undefined> {
  try {
    return await job();
  } catch (error) {
    if (error instanceof FactsNeeded) return undefined;
    if (!(error instanceof TrueupError)) throw error;
    // Steps and checks may both stumble over one secret.
    if (!problems.some(({ message }) => message === error.message)) problems.push(error);
    return undefined;
  }
}

function documentOf({ host, steps, checks, problems }: Validated): object {
  return {
    name: host.name,
    address: host.address,
    status: problems.length > 0 ? 'failed' : 'ok',
    steps: steps?.map(({ kind, name, tags }) => ({ kind, name, tags })) ?? null,
    checks: checks?.map(({ kind, name }) => ({ kind, name })) ?? null,
    problems: problems.map(({ message, advice }) => ({ message, advice })),
  };
}
