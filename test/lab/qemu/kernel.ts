import { fileURLToPath } from 'node:url';

/** Folder of what makes virtual machines. */
export const QEMU_INPUTS = fileURLToPath(new URL('.', import.meta.url));

/** Where build-kernel.sh puts the kernel below a root, and the file system that it starts with. */
export const KERNEL = 'boot/vmlinuz';
export const INITRAMFS = 'boot/initramfs.img';
