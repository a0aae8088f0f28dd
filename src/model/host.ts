/** A host of the inventory with everything needed to reach it. */
export interface Host {
  readonly name: string;
  /** Name or IP address to connect to. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile?: string;
  /** Hosts to go through, in order: those of the inventory, and others as `ssh -J` takes them (`user@bastion:22`). */
  readonly jump?: readonly (string | Host)[];
  /** A shell command whose stdin and stdout are the way there, with its tokens replaced. */
  readonly proxyCommand?: string;
  /** Seconds until a connection must stand, login included. */
  readonly connectTimeout?: number;
  /** What the configuration of ssh(1) says beyond that. */
  readonly ssh?: SshSettings;
  /** `strict`: the key must be known; `accept-new`: an unknown host's first key is kept. */
  readonly hostKeys: 'strict' | 'accept-new';
  /** Weak algorithms of SSH that are offered to it all the same. */
  readonly legacyAlgorithms?: readonly string[];
  readonly groups: readonly string[];
  /** All other keys of the inventory, merged. */
  readonly vars: Readonly<Record<string, unknown>>;
}

/** What ssh(1) makes of its configuration for a host; see ssh_config(5). */
export interface SshSettings {
  /** The host as ssh is asked for it: a name that `Host` lines are about. */
  readonly destination: string;
  /** -F for ssh. Default: its own choice. */
  readonly config?: string;
  /** Private keys to try, as far as they exist. */
  readonly identityFiles: readonly string[];
  /** Certificates for them, which cannot be offered here. */
  readonly certificateFiles?: readonly string[];
  /** Only these, not what else the agent holds. */
  readonly identitiesOnly: boolean;
  /** Socket of the SSH agent, or `none`. Default: $SSH_AUTH_SOCK. */
  readonly identityAgent?: string;
  /** The name that known_hosts has for it. */
  readonly hostKeyAlias?: string;
  /** Files that say which host keys are right. Default: the usual ones. */
  readonly knownHostsFiles?: readonly string[];
}

/** What a host says of itself. */
export interface Facts {
  readonly hostname: string;
  /** ID of os-release, such as `centos`. */
  readonly os: string;
  /** VERSION_ID of os-release, such as `9`. */
  readonly osVersion: string;
  /** PRETTY_NAME of os-release. */
  readonly osName: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** IPv4 and IPv6 addresses with their prefix length, by interface. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly selinux: 'enforcing' | 'permissive' | 'disabled';
  /** Name of SELinux's policy, such as `targeted`. Not there where SELinux is disabled. */
  readonly selinuxPolicy?: string;
  /** The kernel's version of the policy's format, such as 33. Not there where SELinux is disabled. */
  readonly selinuxVersion?: number;
}
