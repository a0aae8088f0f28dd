/** Bytes of an inventory or vars file: its parser needs a second for each half MiB. */
export const MOST_BYTES = 4 * 1024 * 1024;
