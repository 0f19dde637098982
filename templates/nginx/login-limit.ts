import { block, lines } from './text.ts'

/**
 * Checking a password costs a tenth of a second of a processor: who sends more forms than people do is told so before
 * anybody checks. A classroom shares an address and logs in at once, hence the burst. In `http`.
 *
 * Whoever has one IPv6 address has its whole /64 (RFC 6177): the first eight of sixteen bytes count. Requests with an
 * empty key are not counted (ngx_http_limit_req_module).
 */
export const loginLimit = lines(
  block(
    'map $binary_remote_addr $client_network',
    'default $binary_remote_addr;',
    '"~(?s)^(?<first_half>.{8}).{8}$" $first_half;',
  ),
  block('map $request_method $login_key', 'default "";', 'POST $client_network;'),
  'limit_req_zone $login_key zone=logins:2m rate=30r/m;',
  'limit_req_status 429;',
  // The list of requests has them.
  'limit_req_log_level notice;',
)

/** In a location that takes passwords. */
export const limitLogins = 'limit_req zone=logins burst=40 nodelay;'
