/**
 * For /bin/sh of a machine that has nothing of ours: Debian 11 to 13, Ubuntu 20.04 to 26.04, with tar, gzip and
 * coreutils. Everything variable comes as an argument; nothing is put into the text.
 */

/** Prints the architecture, then each of the folders in its arguments that is a layer. */
export const checkScript = `set -eu
uname -m
for folder in "$@"; do
  if [ -f "$folder/SHA256SUMS" ]; then printf '%s\\n' "$folder"; fi
done
`

/** Exit statuses of the script below, besides 0. */
export const installStatus = { diskFull: 28, damaged: 65 } as const

/**
 * Arguments: a folder to work in, the KiB that are needed, then a digest and a folder for each layer. Reads a gzipped
 * tar, or several one after another, in which each layer is a folder of the same name. A layer gets its name when it is
 * whole, right and on the disk.
 */
export const installScript = `set -eu
export LC_ALL=C
umask 022
work=$1.$$ needed=$2
shift 2
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT PIPE TERM
mkdir -p "$work"
free() { df -k --output=avail "$work" | tail -n 1; }
if [ "$(free)" -lt "$needed" ]; then
  echo "$needed KiB are needed, and$(free) KiB are free" >&2
  exit ${installStatus.diskFull}
fi
if ! tar -xzf - --ignore-zeros --no-same-owner -C "$work"; then
  if [ "$(free)" -lt 1024 ]; then exit ${installStatus.diskFull}; fi
  exit ${installStatus.damaged}
fi
verify() {
  while [ $# -gt 0 ]; do
    cd "$work/\${2##*/}" || return 1
    echo "$1  SHA256SUMS" | sha256sum -c --status || return 1
    sha256sum -c --status SHA256SUMS || return 1
    shift 2
  done
}
place() {
  while [ $# -gt 0 ]; do
    fresh=$work/\${2##*/}
    mkdir -p "\${2%/*}"
    if [ -e "$2" ]; then mv -T "$2" "$fresh.old"; fi
    mv -T "$fresh" "$2"
    sync -f "$2"
    shift 2
  done
}
if ! (verify "$@"); then exit ${installStatus.damaged}; fi
sync -f "$work"
place "$@"
`
