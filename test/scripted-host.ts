import { createHash } from 'node:crypto';
import {
  type Command,
  type FileState,
  type LabelRule,
  type Output,
  type PredictedEffects,
  type Prediction,
  ProbeError,
  type Reader,
  shellLine,
} from '../src/model/index.ts';

export interface ScriptedAnswer {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Script {
  readonly files?: Readonly<Record<string, FileState>>;
  /** The first whose pattern is found in the command's line of sh answers. */
  readonly probes?: readonly (readonly [pattern: string | RegExp, answer: ScriptedAnswer])[];
}

/** A host for tests of decisions: it answers what the script says, and fails on any other question. */
export function scriptedHost(script: Script): Reader & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async probe(command, options = {}) {
      asked.push(shellLine(command));
      const output = answerTo(command, script);
      if (!(options.expect ?? [0]).includes(output.code)) {
        const missing = output.code === 127 ? command[0] : undefined;
        throw new ProbeError(`${shellLine(command)}: exit ${output.code}`, { missing });
      }
      return output;
    },
    async file(path, options = {}) {
      asked.push(`file ${path}`);
      return withContent(script.files?.[path] ?? { exists: false }, options.contentUnless);
    },
  };
}

function answerTo(command: Command, script: Script): Output {
  const line = shellLine(command);
  const entry = script.probes?.find(([pattern]) =>
    typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line),
  );
  if (!entry) throw new Error(`the scripted host has no answer to: ${line}`);
  const { code = 0, stdout = '', stderr = '' } = entry[1];
  return { code, stdout, stderr, bytes: Buffer.from(stdout) };
}

function withContent(state: FileState, unless: string | undefined): FileState {
  if (!state.exists || state.content === undefined) return state;
  const { content, ...rest } = state;
  return unless === undefined || unless === state.sha256 ? rest : { ...rest, content };
}

/** A regular file as a host shows it. */
export function standingFile(content: string, more: Partial<FileState & { exists: true }> = {}): FileState {
  const bytes = Buffer.from(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const plain = { exists: true, type: 'file', mode: '0644', owner: 'root', group: 'root' } as const;
  return { ...plain, size: bytes.length, sha256, content: bytes, ...more };
}

/** Nothing is pending before this step, unless said here. */
export function effects(
  more: Partial<
    Record<
      'appears' | 'below' | 'changes' | 'touches' | 'command' | 'unit' | 'runs',
      Record<string, Prediction>
    >
  > & { readonly label?: Readonly<Record<string, Prediction & LabelRule>> } = {},
): PredictedEffects {
  const steps = Object.values(more).flatMap((kind) => Object.values(kind ?? {}));
  return {
    appears: (path) => more.appears?.[path],
    below: (folder) => more.below?.[folder],
    changes: (path) => more.changes?.[path],
    touches: (path) => more.touches?.[path] ?? more.changes?.[path],
    label: (path) => more.label?.[path],
    command: (name) => more.command?.[name],
    unit: (name) => more.unit?.[name],
    runs: (name) => more.runs?.[name],
    pending: steps[0]?.step,
  };
}
