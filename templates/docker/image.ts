/** Where the release is, in an image of ours. */
export const releaseInImage = '/opt/bookstore/release'

/**
 * A process that starts while its slot serves begins with its workers awake; which slot that is stands in a file that comes
 * and goes. The first argument is that file, the others are the process.
 */
const start = '[ -e "$0" ] && export BOOKSTORE_WORKERS=awake; exec "$@"'

/**
 * The text of the Dockerfile of a release, whose folder is the context.
 * @param base An image with glibc, libstdc++ and /bin/sh.
 */
export function dockerfile(base: string, release: string): string {
  return [
    '# Written by bookstore.',
    `FROM ${base}`,
    `COPY . ${releaseInImage}`,
    `LABEL bookstore.release=${release}`,
    `ENTRYPOINT ${JSON.stringify(['/bin/sh', '-c', start])}`,
    '',
  ].join('\n')
}
