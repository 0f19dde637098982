import type { Machine } from '../../lab/machine/machine.ts'

export interface TestPackage {
  name: string
  depends?: string
  /** Text of a unit that it brings and, as Debian's packages do, wants to enable and start. */
  service?: string
  /** A configuration file, `/etc/<name>.conf`. */
  config?: string
  /** Lines of shell that its installation begins with. */
  postinst?: string
}

const folder = '/srv/packages'

/** Makes the machine's apt know these packages and no others: it gets them from a folder, and needs no network. */
export async function offer(machine: Machine, packages: readonly TestPackage[]): Promise<void> {
  await machine.must(['rm', '-rf', folder, '/var/lib/apt/lists'])
  for (const each of packages) await machine.must(['sh', '-ec', build, 'sh'], { input: scriptOf(each) })
  await machine.must(['sh', '-ec', index, 'sh', folder])
}

const build = 'cat >/tmp/build && sh -e /tmp/build && rm /tmp/build'

/** What dpkg-scanpackages does, which a bare machine does not have. */
const index = `
  cd "$1"
  for deb in *.deb; do
    dpkg-deb -f "$deb"
    echo "Filename: ./$deb"
    echo "Size: $(stat -c %s "$deb")"
    echo "SHA256: $(sha256sum "$deb" | cut -d ' ' -f 1)"
    echo
  done >Packages
  echo 'deb [trusted=yes] file:/srv/packages ./' >/etc/apt/sources.list
  rm -f /etc/apt/sources.list.d/*
`

function scriptOf({ name, depends = '', service, config, postinst = '' }: TestPackage): string {
  const root = `/tmp/${name}`
  const unit = `${root}/lib/systemd/system/${name}.service`
  return `
mkdir -p ${root}/DEBIAN ${root}/usr/share/${name} ${folder}
cat >${root}/DEBIAN/control <<'END'
Package: ${name}
Version: 1.0
Architecture: all
Maintainer: Test <test@example.org>
Description: a package of the tests
${depends ? `Depends: ${depends}\n` : ''}END
echo ${name} >${root}/usr/share/${name}/marker
${config === undefined ? '' : `mkdir -p ${root}/etc; echo '${config}' >${root}/etc/${name}.conf; echo /etc/${name}.conf >${root}/DEBIAN/conffiles`}
${service === undefined ? '' : `mkdir -p ${root}/lib/systemd/system\ncat >${unit} <<'END'\n${service}\nEND`}
cat >${root}/DEBIAN/postinst <<'END'
#!/bin/sh
set -e
${postinst}
${service === undefined ? '' : started(name)}
END
chmod 755 ${root}/DEBIAN/postinst
dpkg-deb --build --root-owner-group ${root} ${folder}/${name}.deb >/dev/null
rm -r ${root}
`
}

/** As debhelper writes it into packages of services. */
function started(name: string): string {
  return `
if [ "$1" = configure ]; then
  deb-systemd-helper enable ${name}.service >/dev/null || true
  systemctl daemon-reload
  deb-systemd-invoke start ${name}.service >/dev/null || true
fi`
}

/** A service that does nothing, for ever. */
export const idleService = `[Unit]
Description=Idle
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target`
