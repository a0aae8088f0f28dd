import { type Change, differs, type Finding, type PredictedEffects } from '../../model/index.ts';
import { missingTool, whereDisabled } from '../selinux/preconditions.ts';
import { enableAction, installAction, removeAction } from './actions.ts';
import type { ModuleSource, PreparedModule } from './prepare.ts';
import type { ModuleState } from './probe.ts';

export function decideModule(
  { spec, source }: PreparedModule,
  state: ModuleState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const changes = source ? presentChanges(spec.name, source, state) : absentChanges(spec.name, state);
  if (changes.length === 0) return differs([]);
  const needed = source?.kind === 'te' ? state.missing : state.missing.filter((tool) => tool === 'semodule');
  const obstacles = needed.map((tool) => missingTool(tool, effects));
  return obstacles.find((finding) => finding !== undefined) ?? differs(changes);
}

function absentChanges(name: string, { installed }: ModuleState): Change[] {
  if (installed === undefined) return [];
  return [{ aspect: 'module', summary: 'remove it', whole: true, actions: [removeAction(name)] }];
}

function presentChanges(name: string, source: ModuleSource, state: ModuleState): Change[] {
  const turnOn = { aspect: 'enabled', summary: 'turn it on' };
  const install = installation(source, state);
  if (install) {
    const actions = [installAction(name, source, state)];
    return state.isOff
      ? [
          { ...install, actions: [] },
          { ...turnOn, actions },
        ]
      : [{ ...install, actions }];
  }
  return state.isOff ? [{ ...turnOn, actions: [enableAction(name)] }] : [];
}

function installation(
  { path, sha256 }: ModuleSource,
  { installed, record }: ModuleState,
): Omit<Change, 'actions'> | undefined {
  if (installed === undefined) return { aspect: 'module', summary: `install ${path}`, whole: true };
  if (record?.installed !== installed)
    return {
      aspect: 'content',
      summary: `install ${path} in place of a module that was installed otherwise`,
    };
  if (record.source === sha256) return undefined;
  return { aspect: 'content', summary: `install ${path}, which has changed` };
}
