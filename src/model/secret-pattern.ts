/** What a form of a secret looks like: the source of a regular expression for each of its characters. */
export interface SecretPattern {
  /** Plain texts of which one is in it; letters of any case. */
  readonly anchors: readonly string[];
  /** What comes before an anchor, and the rest from the anchor on. Made when it is needed: a key has thousands of characters. */
  source(): { readonly before: readonly string[]; readonly rest: readonly string[] };
  /** Found in upper, lower and mixed case, too. */
  readonly ignoreCase: boolean;
}
