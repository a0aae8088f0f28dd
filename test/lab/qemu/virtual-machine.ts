import type { Host } from '../names.ts';
import { macAddress } from '../own-kernel/mac-address.ts';

/** What a virtual machine boots. */
interface Boot {
  kernel: string;
  initramfs: string;
  /** A raw image of the whole disk. */
  disk: string;
  /** Of the kernel's command line, besides those that all machines have. */
  parameters: readonly string[];
}

/** For a kernel that nobody attacks, on a processor that is emulated. */
const PARAMETERS = [
  ...['console=ttyS0', 'loglevel=4', 'systemd.show_status=0', 'panic=-1', 'net.ifnames=0', 'edd=off'],
  ...['mitigations=off', 'tsc=reliable', 'no_timer_check', 'random.trust_cpu=on'],
];

/**
 * The command of a machine that QEMU emulates, see qemu-system-x86_64(1): it needs no KVM, which cloud machines seldom
 * have. `microvm` boots faster, but has only one timer: on a busy machine its kernel cannot tell how fast the processor
 * counts, and hangs. A reboot stays inside; the command ends when the host has powered off. This machine's page cache
 * outlives a power cut, so that nothing need be synced (`cache=unsafe`).
 */
export function virtualMachine(host: Host, { kernel, initramfs, disk, parameters }: Boot): string[] {
  return [
    ...['qemu-system-x86_64', '-name', host.machine, '-M', 'q35,usb=off,vmport=off', '-cpu', 'max'],
    ...['-accel', 'tcg,thread=multi,tb-size=256', '-smp', '1', '-m', '768'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio'],
    ...['-kernel', kernel, '-initrd', initramfs, '-append', [...PARAMETERS, ...parameters].join(' ')],
    ...[
      '-drive',
      `if=none,id=disk,format=raw,file=${disk},cache=unsafe`,
      '-device',
      'virtio-blk-pci,drive=disk',
    ],
    ...['-netdev', `tap,id=net,ifname=${host.link},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=net,romfile=,mac=${macAddress(host)}`],
  ];
}
