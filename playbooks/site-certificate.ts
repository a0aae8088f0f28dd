import { secret } from 'trueup';
import { type CheckedCertificate, checkedCertificate } from './checked-certificate.ts';

/** The site's certificate and its key, out of `.env`. */
export function siteCertificate(): CheckedCertificate {
  return checkedCertificate(secret('TLS_CERTIFICATE'), secret('TLS_KEY'), new Date());
}
