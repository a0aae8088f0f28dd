import type { Change, FileState } from '../../model/index.ts';
import { contentOf, sha256 } from './own-file.ts';
import type { SysctlState } from './read-settings.ts';
import type { SysctlSpec } from './sysctl-spec.ts';

export function whyNoFile(path: string, file: FileState): string | undefined {
  return file.exists && (file.type === 'directory' || file.type === 'other')
    ? `${path} is no file`
    : undefined;
}

export function decideFile({ settings, file: path }: SysctlSpec, { file }: SysctlState): Change[] {
  const content = contentOf(settings);
  const write = {
    write: { path, content: Buffer.from(content), mode: '0644', owner: 'root', group: 'root' },
  };
  if (!file.exists) {
    return [{ aspect: 'file', summary: `create ${path}`, before: '', after: content, actions: [write] }];
  }
  if (file.type === 'symlink') {
    const summary = `${path}: replace the symlink to ${file.target} by a file`;
    return [{ aspect: 'file', summary, after: content, actions: [write] }];
  }
  if (file.sha256 === sha256(content)) return decideAccess(path, file);
  const before = file.content === undefined ? {} : { before: file.content.toString() };
  return [{ aspect: 'file', summary: `content of ${path}`, ...before, after: content, actions: [write] }];
}

function decideAccess(path: string, file: FileState & { exists: true }): Change[] {
  const changes: Change[] = [];
  if (file.mode !== '0644') {
    const summary = `${path}: mode ${file.mode} → 0644`;
    changes.push({ aspect: 'mode', summary, actions: [{ exec: ['chmod', '0644', path] }] });
  }
  if (file.owner !== 'root' || file.group !== 'root') {
    const summary = `${path}: owner ${file.owner}:${file.group} → root:root`;
    changes.push({ aspect: 'owner', summary, actions: [{ exec: ['chown', 'root:root', path] }] });
  }
  return changes;
}
