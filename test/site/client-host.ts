import { exec, must } from '../lab/exec.ts';
import { labNet } from '../lab/names.ts';

/**
 * A client in the lab: a network of its own behind a cable to the lab's bridge, with its own neighbours' table, so that it
 * learns of a moved address as any host does. It runs programs of this machine.
 */
export class ClientHost {
  readonly address: string;
  readonly #name: string;
  readonly #link: string;

  private constructor(address: string, name: string, link: string) {
    this.address = address;
    this.#name = name;
    this.#link = link;
  }

  static async up(cidr: string): Promise<ClientHost> {
    const { number, bridge } = labNet(cidr);
    const client = new ClientHost(`10.${number}.0.9`, `trueup-client-${number}`, `vb-client-${number}`);
    await client.down();
    await client.#plugIn(bridge);
    return client;
  }

  /** What comes before a command that runs there. */
  get enter(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** Fine where there is none. */
  async down(): Promise<void> {
    await exec(['ip', 'link', 'delete', this.#link]);
    await exec(['ip', 'netns', 'delete', this.#name]);
  }

  async #plugIn(bridge: string): Promise<void> {
    await must(['ip', 'netns', 'add', this.#name]);
    const far = ['peer', 'name', 'host0', 'netns', this.#name];
    await must(['ip', 'link', 'add', this.#link, 'type', 'veth', ...far]);
    await must(['ip', 'link', 'set', this.#link, 'master', bridge, 'up']);
    await must([...this.enter, 'ip', 'address', 'add', `${this.address}/24`, 'dev', 'host0']);
    await must([...this.enter, 'ip', 'link', 'set', 'host0', 'up']);
  }
}
