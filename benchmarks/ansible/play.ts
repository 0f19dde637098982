import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from '../../tests/lab/box/run.ts'
import type { Machine } from '../../tests/lab/machine/machine.ts'
import type { Operator } from '../../tests/vm/operator.ts'
import { domain } from '../support/shop-on-machine.ts'
import { perform } from './perform.ts'

/** What the playbook puts on a machine: a folder, and the id of the release in it. */
export interface Material {
  folder: string
  release: string
  /** Version of PostgreSQL: '15'. */
  postgres: string
}

/** What a shell of a machine prints, as root. */
export type Shell = (script: string) => Promise<string>

/** Takes it from a machine that `bookstore up` has made: the same texts, and the same release in one archive. */
export async function takeMaterial(shell: Shell, operator: Operator): Promise<Material> {
  const folder = join(operator.folder, 'material')
  await mkdir(folder)
  const release = (await shell('basename "$(readlink /opt/bookstore/slots/blue)"')).trim()
  const postgres = (await shell('ls /etc/postgresql | tail -n 1')).trim()
  const settings = [
    ...['etc/bookstore', 'etc/tmpfiles.d/bookstore.conf', 'etc/logrotate.d/bookstore'],
    ...['etc/apt/apt.conf.d/52bookstore', 'etc/systemd/journald.conf.d/bookstore.conf'],
    'etc/systemd/system/nftables.service.d',
    `etc/systemd/system/postgresql@${postgres}-bookstore.service.d`,
    '$(find etc/systemd/system -maxdepth 1 -type f -name "bookstore-*")',
  ]
  const texts = ['etc/ssh/sshd_config.d/00-bookstore.conf', `etc/postgresql/${postgres}/bookstore`]
  const left = '--exclude=etc/bookstore/active --exclude=etc/bookstore/nginx/site.pem'
  const pack = (what: readonly string[]) => `cd / && tar ${left} -czf - ${what.join(' ')} | base64 -w 0`
  const archives = [
    ['settings', pack(settings)],
    ['texts', pack(texts)],
    ['release', `tar -C /opt/bookstore/releases -czf - ${release} | base64 -w 0`],
  ] as const
  for (const [name, script] of archives) {
    const encoded = await shell(script)
    await writeFile(join(folder, `${name}.tar.gz`), Buffer.from(encoded, 'base64'))
  }
  await must(['tar', '-C', folder, '-xzf', join(folder, 'texts.tar.gz')])
  await writeFile(join(folder, 'authorities.pem'), await readFile(operator.roots))
  return { folder, release, postgres }
}

/** What the role `shop` is told, wherever the machine stands. */
export async function variablesOf(material: Material, operator: Operator): Promise<Record<string, unknown>> {
  const { certificates } = JSON.parse(await readFile(join(operator.folder, 'bookstore.yaml'), 'utf8'))
  const { names } = operator
  return {
    work: material.folder,
    release: material.release,
    postgres: material.postgres,
    domain,
    names: [domain, `www.${domain}`],
    acme_directory: certificates.authority,
    dns_server: names.address,
    dns_zone: domain,
    tsig_name: names.key.name,
    tsig_secret: names.key.secret,
  }
}

/** Runs the playbook against a machine, to its end. @returns How many tasks changed something. */
export async function play(material: Material, machine: Machine, operator: Operator): Promise<number> {
  const { host, username, privateKeyPath } = machine.ssh
  return perform({
    playbook: 'machine.yml',
    folder: material.folder,
    inventory: `[shop]\nmachine ansible_host=${host} ansible_user=${username} ansible_python_interpreter=/usr/bin/python3\n`,
    variables: await variablesOf(material, operator),
    key: privateKeyPath,
    knownHosts: machine.hostKeys.map(({ publicKey }) => `${host} ${publicKey.trim()}\n`).join(''),
  })
}
