import { block, lines, quote } from './text.ts'
import { atLeast, type NginxVersion } from './version.ts'

const ciphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/**
 * Mozilla's intermediate profile, guideline 6.0 (github.com/mozilla/ssl-config-generator). It belongs in `http`: the
 * default server, which refuses, decides the protocols of all others before 1.29.2.
 */
export function tlsSettings({ version, openssl }: NginxVersion): string {
  return lines(
    'ssl_protocols TLSv1.2 TLSv1.3;',
    `ssl_ciphers ${ciphers};`,
    `ssl_ecdh_curve ${curves(openssl)};`,
    // The profile leaves the choice to the client. Ours comes to the same: clients that put ChaCha20 first, since it is
    // cheaper for them, still get it; and whoever judges servers finds an order.
    'ssl_prefer_server_ciphers on;',
    atLeast(version, '1.19.4') && openssl !== undefined && 'ssl_conf_command Options PrioritizeChaCha;',
    'ssl_session_timeout 1d;',
    'ssl_session_cache shared:bookstore:10m;',
    // From 1.23.2 ticket keys rotate through the shared cache.
    !atLeast(version, '1.23.2') && 'ssl_session_tickets off;',
  )
}

/** NGINX does not start when its OpenSSL does not know a curve that is named. */
function curves(openssl: string | undefined): string {
  const hybrid = openssl !== undefined && atLeast(openssl, '3.5.0')
  return `${hybrid ? 'X25519MLKEM768:' : ''}X25519:prime256v1:secp384r1`
}

/**
 * In `http`: `$certificate` names a file that is read with each handshake, so that another one is used without a
 * reload. It costs a millisecond of a processor where NGINX cannot keep it for some seconds.
 */
export function certificateOnDemand(file: string, { version }: NginxVersion): string {
  return lines(
    block('map $ssl_server_name $certificate', `default ${quote(file)};`),
    atLeast(version, '1.27.4') && 'ssl_certificate_cache max=4 valid=10s;',
  )
}

/** In `http` from 1.25.1 on; before that it is a word of `listen`. */
export function http2({ version }: NginxVersion): { directive: string | undefined; listen: string } {
  return atLeast(version, '1.25.1')
    ? { directive: 'http2 on;', listen: 'ssl' }
    : { directive: undefined, listen: 'ssl http2' }
}
