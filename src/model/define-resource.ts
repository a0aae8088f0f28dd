import type { z } from 'zod';
import { InputError } from './errors.ts';
import type { Place } from './place.ts';
import type { Reader } from './reader.ts';
import { refuseNul } from './refuse-nul.ts';
import type { Project, Resource } from './resource.ts';
import { specError } from './spec-error.ts';
import { callerPlace } from './stack-places.ts';
import type { Look, Step } from './step.ts';
import { checkedTags, type Tagged } from './tags.ts';

/** Makes the function that a playbook calls to get a step of this resource; each takes `tags` besides its own fields. */
export function defineResource<Schema extends z.ZodType, State, Ready = z.output<Schema>>(
  resource: Resource<Schema, State, Ready>,
): (spec: z.input<Schema> & Tagged) => Step {
  return function step(given) {
    const place = callerPlace(step);
    const { tags, spec } = withoutTags(given);
    const checked = resource.schema.safeParse(spec);
    if (!checked.success) {
      const { kind, schema } = resource;
      throw specError(checked.error, { kind, place, schema, more: ['tags'] });
    }
    refuseNul(checked.data, resource.kind, place);
    return bind(resource, checked.data, place, checkedTags(tags, resource.kind, place));
  };
}

/** A resource's schema knows nothing of tags. */
function withoutTags(given: unknown): { tags?: unknown; spec: unknown } {
  if (typeof given !== 'object' || given === null || !('tags' in given)) return { spec: given };
  const { tags, ...spec } = given;
  return { tags, spec };
}

function bind<Schema extends z.ZodType, State, Ready>(
  resource: Resource<Schema, State, Ready>,
  spec: z.output<Schema>,
  place: Place | undefined,
  tags: readonly string[],
): Step {
  const name = resource.name(spec);
  const identity = {
    kind: resource.kind,
    name,
    label: `${resource.kind} ${name}`,
    place,
    manages: resource.manages(spec),
    tags,
  };
  return {
    ...identity,
    async prepare(project) {
      const ready = await prepared(resource, spec, project, place);
      return { ...identity, look: (host) => lookAt(resource, ready, host) };
    },
  };
}

/** Mistakes found on the laptop name the step's place, if they have none of their own. */
async function prepared<Schema extends z.ZodType, State, Ready>(
  resource: Resource<Schema, State, Ready>,
  spec: z.output<Schema>,
  project: Project,
  place: Place | undefined,
): Promise<Ready> {
  if (!resource.prepare) return spec as unknown as Ready;
  try {
    return await resource.prepare(spec, project);
  } catch (error) {
    if (!(error instanceof InputError) || error.place) throw error;
    throw error.at(place);
  }
}

async function lookAt<Schema extends z.ZodType, State, Ready>(
  resource: Resource<Schema, State, Ready>,
  ready: Ready,
  host: Reader,
): Promise<Look> {
  const state = await resource.read(ready, host);
  return {
    diff: (effects) => resource.diff(ready, state, effects),
    effects: (finding) => resource.effects?.(ready, state, finding) ?? {},
  };
}
