import type { Effects, LabelRule, PredictedEffects, Prediction } from '../model/index.ts';

const COMMAND_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'];
const UNIT_FOLDERS = ['/usr/lib/systemd/system', '/etc/systemd/system', '/lib/systemd/system'];

/** Nothing is pending: how things are while applying, where every earlier step is done. */
export const noEffects: PredictedEffects = {
  appears: () => undefined,
  below: () => undefined,
  changes: () => undefined,
  touches: () => undefined,
  label: () => undefined,
  command: () => undefined,
  unit: () => undefined,
  runs: () => undefined,
  pending: undefined,
};

/** What the pending steps seen so far will bring. */
export class PlannedEffects implements PredictedEffects {
  readonly #appearing = new Map<string, string>();
  readonly #changing = new Map<string, string>();
  readonly #touching = new Map<string, string>();
  readonly #running = new Map<string, string>();
  readonly #labels: (LabelRule & { readonly step: string; readonly matches: RegExp })[] = [];
  #more: string | undefined;
  #pending: string | undefined;

  add(step: string, brings: Effects): void {
    this.#pending ??= step;
    for (const path of brings.appears ?? []) this.#appearing.set(path, step);
    for (const path of brings.changes ?? []) this.#changing.set(path, step);
    for (const path of brings.touches ?? []) this.#touching.set(path, step);
    for (const unit of brings.runs ?? []) this.#running.set(unit, step);
    for (const rule of brings.labels ?? [])
      this.#labels.push({ ...rule, step, matches: wholePath(rule.pattern) });
    if (brings.more) this.#more ??= step;
  }

  get pending(): string | undefined {
    return this.#pending;
  }

  appears(path: string): Prediction | undefined {
    return certain(this.#appearing.get(path)) ?? this.#perhaps();
  }

  below(folder: string): Prediction | undefined {
    const inside = (path: string) => path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
    const found = [...this.#appearing, ...this.#changing].find(([path]) => inside(path));
    return certain(found?.[1]) ?? this.#perhaps();
  }

  changes(path: string): Prediction | undefined {
    return certain(this.#changing.get(path));
  }

  touches(path: string): Prediction | undefined {
    const relabelled = this.label(path);
    return (
      certain(this.#touching.get(path) ?? (relabelled?.restored ? relabelled.step : undefined)) ??
      this.changes(path)
    );
  }

  label(path: string): (Prediction & LabelRule) | undefined {
    const found = this.#labels.findLast(({ matches }) => matches.test(path));
    if (!found) return undefined;
    const { matches: _, ...rule } = found;
    return { ...rule, certain: true };
  }

  command(name: string): Prediction | undefined {
    if (name.startsWith('/')) return this.appears(name);
    return this.#anyOf(COMMAND_FOLDERS, name);
  }

  unit(name: string): Prediction | undefined {
    return this.#anyOf(UNIT_FOLDERS, name);
  }

  runs(name: string): Prediction | undefined {
    return certain(this.#running.get(name));
  }

  #anyOf(folders: readonly string[], name: string): Prediction | undefined {
    const found = folders.map((folder) => this.#appearing.get(`${folder}/${name}`)).find(Boolean);
    return certain(found) ?? this.#perhaps();
  }

  #perhaps(): Prediction | undefined {
    return this.#more === undefined ? undefined : { step: this.#more, certain: false };
  }
}

function certain(step: string | undefined): Prediction | undefined {
  return step === undefined ? undefined : { step, certain: true };
}

/** What JavaScript cannot read as a regular expression, PCRE may: then all below its literal beginning may be meant. */
function wholePath(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return new RegExp(`^${/^[\w/-]*/.exec(pattern)?.[0] ?? ''}`);
  }
}
