import type { Outcome } from '../model/index.ts';

interface Words {
  /** Default: what the error itself says. */
  readonly what?: string;
  readonly advice: string;
}

const FIREWALL = 'look at the rules of the host with `iptables -S INPUT`, and at the way there';

const TOO_LATE = 'TOO_LATE';
const BY_CODE: Readonly<Record<string, Words>> = {
  [TOO_LATE]: { advice: `it hangs, or packets are dropped: ${FIREWALL}` },
  ECONNREFUSED: {
    what: 'connection refused',
    advice: 'nothing listens there, or not on this address: look on the host with `ss -ltn`',
  },
  EHOSTUNREACH: { what: 'no route to the host, which is also what a REJECT rule says', advice: FIREWALL },
  ENETUNREACH: { what: 'no route to its network', advice: 'look at the routes of this machine' },
  ECONNRESET: {
    what: 'the connection was reset',
    advice: 'something listens there, but does not serve this: look at its log on the host',
  },
  ENOTFOUND: { what: 'its name is not known', advice: 'write an address, or look at the name service' },
  EPROTO: { what: 'no TLS is spoken there', advice: 'look at which program listens on this port' },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    what: 'no TLS is spoken there',
    advice: 'look at which program listens on this port',
  },
};

const CERTIFICATE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

/** The outcome when no answer came, in words for people; `who` begins them. */
export function connectFailure(who: string, error: unknown): Outcome {
  const { code, message } = error as NodeJS.ErrnoException;
  const words = BY_CODE[code ?? ''] ?? (CERTIFICATE.test(code ?? '') ? certificate(message) : undefined);
  const detail = `${who}${words?.what ?? message}`;
  return words ? { ok: false, detail, advice: words.advice } : { ok: false, detail };
}

function certificate(message: string): Words {
  return {
    what: `its certificate is not trusted: ${message}`,
    advice: 'for a self-signed certificate say `insecure: true`',
  };
}

/** No answer within its time. */
export function tooLate(seconds: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`no answer within ${seconds} s`), { code: TOO_LATE });
}
