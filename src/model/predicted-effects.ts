/** A rule for SELinux labels that a step will add. */
export interface LabelRule {
  /** Extended regular expression over whole paths, as in file_contexts(5). */
  readonly pattern: string;
  /** The type that it gives; undefined where it is another path's (equals). */
  readonly type?: string;
  /** Whether the step itself relabels what exists. */
  readonly restored: boolean;
}

/** What a step that is not yet applied will bring. */
export interface Effects {
  /** Paths that will exist afterwards. */
  readonly appears?: readonly string[];
  /** Paths whose content will be another one afterwards. */
  readonly changes?: readonly string[];
  /** Paths whose owner, mode or label, but not content, will be another one afterwards: their ctime moves. */
  readonly touches?: readonly string[];
  /** Rules for labels that it adds or changes. */
  readonly labels?: readonly LabelRule[];
  /** systemd units (with their suffix) that will run afterwards. */
  readonly runs?: readonly string[];
  /** It will bring more than could be asked: anything may appear. */
  readonly more?: boolean;
}

/** A step, by its label, that will (or, not `certain`, may) bring what was asked about. */
export interface Prediction {
  readonly step: string;
  readonly certain: boolean;
}

/** What the earlier steps of the same host will have brought by the time this one is applied. */
export interface PredictedEffects {
  /** Will this path exist? */
  appears(path: string): Prediction | undefined;
  /** Will anything below this folder appear or change (or this very path)? */
  below(folder: string): Prediction | undefined;
  /** Will its content change? */
  changes(path: string): Prediction | undefined;
  /** Will its owner, mode or label change, or its content? */
  touches(path: string): Prediction | undefined;
  /** Which rule for its label will be another one by then? The last one counts. */
  label(path: string): (Prediction & LabelRule) | undefined;
  /** Will this command be found? */
  command(name: string): Prediction | undefined;
  /** Will this systemd unit (with its suffix, as `haproxy.service`) exist? */
  unit(name: string): Prediction | undefined;
  /** Will this systemd unit (with its suffix) run? */
  runs(name: string): Prediction | undefined;
  /** The label of the first earlier step that is still to be applied, if any. */
  readonly pending: string | undefined;
}
