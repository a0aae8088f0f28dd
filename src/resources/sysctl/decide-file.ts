import type { Change, FileState, PredictedEffects } from '../../model/index.ts';
import { attributeChanges } from '../files/attributes.ts';
import { contentOf, sha256 } from './own-file.ts';
import type { SysctlState } from './read-settings.ts';
import type { SysctlSpec } from './sysctl-spec.ts';

const ACCESS = { mode: '0644', owner: 'root', group: 'root' };

export function whyNoFile(path: string, file: FileState): string | undefined {
  return file.exists && (file.type === 'directory' || file.type === 'other')
    ? `${path} is no file`
    : undefined;
}

export function decideFile(
  { settings, file: path }: SysctlSpec,
  { file }: SysctlState,
  effects: PredictedEffects,
): Change[] {
  const content = contentOf(settings);
  const write = {
    write: { path, content: Buffer.from(content), ...ACCESS },
  };
  if (!file.exists) {
    return [{ aspect: 'file', summary: `create ${path}`, before: '', after: content, actions: [write] }];
  }
  if (file.type === 'symlink') {
    const summary = `${path}: replace the symlink to ${file.target} by a file`;
    return [{ aspect: 'file', summary, after: content, actions: [write] }];
  }
  if (file.sha256 === sha256(content)) {
    const changes = attributeChanges({ path, ...ACCESS }, file, { kind: 'file', written: false, effects });
    return changes.map((change) => ({ ...change, summary: `${path}: ${change.summary}` }));
  }
  const before = file.content === undefined ? {} : { before: file.content.toString() };
  return [{ aspect: 'file', summary: `content of ${path}`, ...before, after: content, actions: [write] }];
}
