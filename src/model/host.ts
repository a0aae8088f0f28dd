/** A host of the inventory with everything needed to reach it. */
export interface Host {
  readonly name: string;
  /** Name or IP address to connect to. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile?: string;
  /** Hosts to go through, as `ssh -J` takes them: `user@bastion:22`, several with commas. */
  readonly jump?: string;
  /** `strict`: the key must be known; `accept-new`: an unknown host's first key is kept. */
  readonly hostKeys: 'strict' | 'accept-new';
  readonly groups: readonly string[];
  /** All other keys of the inventory, merged. */
  readonly vars: Readonly<Record<string, unknown>>;
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
}
