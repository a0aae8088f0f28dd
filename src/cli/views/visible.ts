import { mask } from '../../model/index.ts';

/**
 * The text with control characters as their pictures (␛, ␍): what a host's file or tool says must not steer the terminal.
 * Secrets are masked before they could look another way.
 */
export function visible(text: string): string {
  return mask(text).replace(/(?![\n\t])\p{Cc}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? '␡' : `\\x${code.toString(16)}`;
  });
}
