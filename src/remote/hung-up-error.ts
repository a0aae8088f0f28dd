import { mask } from '../model/index.ts';

/** The other side has ended a login that was under way; `said` are its words about it, if any (the banner). */
export class HungUpError extends Error {
  readonly said: string;

  constructor(said: string) {
    super('the login was ended from the other side');
    this.said = mask(said).replace(/\s+/g, ' ').trim().slice(0, 300);
  }

  /** What pam_nologin says of a host that starts or stops, and a connection that only ended, pass. */
  get passes(): boolean {
    return this.said === '' || /booting up|going down|shut ?down|come back later/i.test(this.said);
  }
}
