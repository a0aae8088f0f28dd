import { ProbeError, relabelling, typeOf } from '../../model/index.ts';

/** The SELinux labels of .ssh and authorized_keys. */
export interface KeyLabels {
  readonly enforcing: boolean;
  /** The type that the policy has for authorized_keys. */
  readonly policy: string;
  /** Labels that differ from the policy, for people. */
  readonly differ: readonly string[];
}

/** Reads `ENFORCE CONTEXT BASE64`, the latter the real home and what restorecon said. */
export function parseLabels(line: string): KeyLabels {
  const [enforce, policy, packed] = line.split(' ');
  if (policy === undefined || packed === undefined)
    throw new ProbeError(`incomplete output about SELinux labels: ${line}`);
  const [home = '', ...said] = Buffer.from(packed, 'base64').toString().split('\n');
  const differ = ['.ssh', '.ssh/authorized_keys'].flatMap((name) => {
    const found = relabelling(`${home}/${name}`, said.join('\n'));
    return found
      ? [`${name.replace('.ssh/', '')}: label ${typeOf(found.context)} → ${typeOf(found.expected)}`]
      : [];
  });
  return { enforcing: enforce === '1', policy: typeOf(policy), differ };
}
