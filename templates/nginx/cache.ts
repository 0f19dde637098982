import { block, lines, quote } from './text.ts'

/**
 * In `http`. A request with any cookie or with Authorization is somebody's; nobody else is answered with what it got,
 * and it is answered with what nobody else got. Pages are tiny and last seconds, files are kept as long as somebody
 * asks for them.
 */
export function cacheStores(folder: string): string {
  const store = (name: string, settings: string) =>
    `proxy_cache_path ${quote(`${folder}/${name}`)} levels=1:2 use_temp_path=off ${settings};`
  return lines(
    store('pages', 'keys_zone=pages:1m max_size=32m inactive=10m'),
    store('files', 'keys_zone=files:4m max_size=256m inactive=7d'),
    block('map "$http_cookie$http_authorization" $personal', '"" 0;', 'default 1;'),
  )
}

/**
 * Whoever waits for an answer that is just being made looks every half a second whether it is there, and asks for
 * himself after this: an answer that turns out not to be kept must not make a queue.
 */
const oneAtATime = ['proxy_cache_lock on;', 'proxy_cache_lock_timeout 2s;']

const told = lines('proxy_hide_header X-Cache;', 'add_header X-Cache $upstream_cache_status always;')

/** Without `updating`: how long a page may be shown while its successor is made is said by the page. */
const whileDown = 'error timeout http_500 http_502 http_503 http_504'

/**
 * Pages that are the same for all strangers, as long as each says of itself (`s-maxage`, `stale-while-revalidate`), and
 * while nobody can make them anew. Requests that differ in what `Vary` names are kept apart by NGINX itself, and so are
 * pages of another set of processes, `pagesOf`.
 */
export function keepPages(pagesOf: string): string {
  return lines(
    'proxy_cache pages;',
    `proxy_cache_key ${quote(`${pagesOf} $request_method $host $request_uri`)};`,
    'proxy_cache_bypass $personal;',
    'proxy_no_cache $personal;',
    ...oneAtATime,
    'proxy_cache_background_update on;',
    `proxy_cache_use_stale ${whileDown};`,
    // Of the request that the page was made for; each answer is known by its own in the log.
    'proxy_hide_header X-Request-Id;',
    'add_header X-Request-Id $request_id always;',
    told,
  )
}

/** Files whose address tells what is in them. Whoever asks is not said, so that what comes back is nobody's. */
export const keepFiles = lines(
  'proxy_set_header Cookie "";',
  'proxy_set_header Authorization "";',
  'proxy_cache files;',
  'proxy_cache_key "$host $request_uri";',
  ...oneAtATime,
  `proxy_cache_use_stale updating ${whileDown};`,
  told,
)
