import { expand } from '../../engine/host/expand.ts';
import {
  FactsNeeded,
  findProject,
  type Host,
  type Inventory,
  mask,
  type Play,
  type Project,
  TrueupError,
} from '../../model/index.ts';
import type { ConnectOptions } from '../../remote/index.ts';
import { connectOptions } from '../connect-options.ts';
import { EXIT } from '../exit-code.ts';
import type { ValidateInquiry } from '../inquiry.ts';
import { limitPattern } from '../limit-pattern.ts';
import { writeDocument } from '../masked-streams.ts';
import { jsonDocument } from '../views/json.ts';
import { paintFor } from '../views/paint.ts';
import { type Validated, validatedText } from '../views/validated-text.ts';
import { warnOfDoubts } from '../warn-of-doubts.ts';

/**
 * Everything that can be found wrong without a host: inventory, playbook, vars, secrets, templates and sources, two
 * owners of one thing, keys. The mistakes of each host are told together.
 */
export async function validate(inquiry: ValidateInquiry): Promise<number> {
  const { plays, inventory, project } = await load(inquiry);
  const hosts = new Map(plays.flatMap((play) => play.hosts.map((host) => [host.name, host] as const)));
  const validated: Validated[] = [];
  const reach = await connectOptions(inquiry.inventory, inquiry.playbook);
  for (const host of hosts.values())
    validated.push(await validateHost(host, plays, project, () => refuseKey(host, inventory, reach)));
  const code = validated.some(({ problems }) => problems.length > 0) ? EXIT.usage : EXIT.done;
  if (inquiry.json) writeDocument(`${jsonDocument('validate', validated.map(documentOf), code)}\n`);
  else process.stdout.write(`${mask(validatedText(validated, paintFor(process.stdout)))}\n`);
  return code;
}

interface Loaded {
  readonly plays: readonly Play[];
  readonly inventory: Inventory;
  readonly project: Project;
}

async function load(inquiry: ValidateInquiry): Promise<Loaded> {
  const [{ loadInventory }, playbook, trueup] = await Promise.all([
    import('../../inventory/load-inventory.ts'),
    import('../../playbook/index.ts'),
    import('../../index.ts'),
  ]);
  const [inventory, loaded] = await Promise.all([
    loadInventory(inquiry.inventory, inquiry),
    playbook.loadPlaybook(inquiry.playbook, trueup),
  ]);
  const plays = playbook.resolvePlays(loaded, inventory, {
    limit: inquiry.limit === undefined ? undefined : limitPattern(inquiry.limit),
    extraVars: inquiry.extraVars,
  });
  await warnOfDoubts(playbook.doubtfulVars(loaded.plays, inventory), inventory);
  return { plays, inventory, project: findProject(inquiry.playbook) };
}

async function validateHost(
  host: Host,
  plays: readonly Play[],
  project: Project,
  refuseItsKey: () => Promise<void>,
): Promise<Validated> {
  const problems: TrueupError[] = [];
  const steps = await noting(problems, async () => {
    const parts = await expand(plays, host, project, undefined);
    return parts?.flatMap((part) => part.steps);
  });
  const mine = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
  // A mistake in one play, or a question for facts, hides those of the others.
  if (steps === undefined)
    for (const play of mine) await noting(problems, () => expand([play], host, project, undefined));
  const checks = await noting(problems, async () => mine.flatMap((play) => play.checks(host, undefined)));
  await noting(problems, refuseItsKey);
  return { host, steps, checks, problems };
}

/** The key that the inventory names: whether it is there, and can be used. */
async function refuseKey(host: Host, { placeOf }: Inventory, reach: ConnectOptions): Promise<void> {
  const { refuseIdentity } = await import('../../remote/refuse-identity.ts');
  await refuseIdentity([host], ({ name }) => placeOf(name, 'identityFile'), reach);
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
