import { mask } from '../../model/index.ts';

/** What shows text in another order than it is in, or breaks its line: the controls of writing direction. */
const HIDDEN = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text with control characters as their pictures (␛, ␍), and those of writing direction as `\u202e`: what a host's
 * file or tool says must neither steer the terminal nor read as something else. Secrets are masked before they could look
 * another way.
 */
export function visible(text: string): string {
  return mask(text)
    .replace(/(?![\n\t])\p{Cc}/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      return code === 0x7f ? '␡' : `\\x${code.toString(16)}`;
    })
    .replace(HIDDEN, escaped);
}

/** A JSON document whose texts hold none of these as they are: JSON itself escapes only the lower control characters. */
export function visibleJson(document: string): string {
  return document.replace(/[\x7f-\x9f]/g, escaped).replace(HIDDEN, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
