import { formatPlace, type Place } from './place.ts';

/** Something that a person has to know; `advice` says what to do next. */
export class TrueupError extends Error {
  readonly advice: string | undefined;

  constructor(message: string, options: { advice?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.advice = options.advice;
  }
}

/** Wrong usage, inventory, playbook or template: found before anything is touched. */
export class InputError extends TrueupError {
  readonly place: Place | undefined;

  constructor(
    message: string,
    options: { place?: Place | undefined; advice?: string | undefined; cause?: unknown } = {},
  ) {
    super(options.place ? `${formatPlace(options.place)}: ${message}` : message, options);
    this.place = options.place;
  }

  /** The same at a place, for one that has none. */
  at(place: Place | undefined): InputError {
    return new InputError(this.message, { place, advice: this.advice, cause: this });
  }
}

/** The host did not answer, or refused to let us in. */
export class UnreachableError extends TrueupError {}

/** No connection stood, so that no login was tried: the host may be on its way up. */
export class NotUpError extends UnreachableError {}

/** The host showed a key that is not the one known, or none is known. */
export class HostKeyError extends TrueupError {}

/** The connection ended in the middle of something: what became of it is not known. */
export class LinkLostError extends UnreachableError {}

/** The run was interrupted: not a fault of the host. */
export class InterruptedError extends TrueupError {
  constructor(advice?: string) {
    super('interrupted', { advice });
  }
}

/** We are on the host, but cannot become root there. */
export class EscalationError extends TrueupError {}

/** A probe gave no answer that counts as one: so nothing is known of what it asked. */
export class ProbeError extends TrueupError {
  /** The tool that the host does not have, if that is the reason. */
  readonly missing: string | undefined;

  constructor(message: string, options: { missing?: string | undefined; advice?: string } = {}) {
    super(message, options);
    this.missing = options.missing;
  }
}
