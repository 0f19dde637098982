import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findNginx } from '../../provisioners/local/nginx/locate.ts'
import { nginxConfig } from './config.ts'
import { slotConfig } from './slots.ts'
import type { NginxVersion } from './version.ts'

const distributions: Record<string, NginxVersion> = {
  'Ubuntu 22.04': { version: '1.18.0', openssl: '3.0.2' },
  'Debian 12': { version: '1.22.1', openssl: '3.0.17' },
  'Ubuntu 24.04': { version: '1.24.0', openssl: '3.0.13' },
  'Debian 13': { version: '1.26.3', openssl: '3.5.1' },
  'Ubuntu 26.04': { version: '1.28.3', openssl: '3.5.0' },
}

function machineConfig(folder: string, nginx: NginxVersion, tempModules: readonly string[] = [], port = 443) {
  return nginxConfig({
    nginx,
    tempModules,
    runAsRoot: false,
    workers: 2,
    pidFile: `${folder}/run/nginx.pid`,
    tempFolder: `${folder}/cache`,
    cacheFolder: `${folder}/cache`,
    accessLog: `${folder}/requests.log`,
    statusSocket: `${folder}/run/status.sock`,
    site: {
      names: ['shop.test'],
      otherNames: ['www.shop.test'],
      addresses: port === 443 ? ['*', '[::]'] : ['127.0.0.1'],
      httpsPort: port,
      httpPort: port === 443 ? 80 : port + 1,
      languages: ['es', 'en'],
      certificate: `${folder}/site.pem`,
      key: `${folder}/site.pem`,
      hsts: 'max-age=63072000; includeSubDomains',
      pages: { folder: `${folder}/pages`, policy: "default-src 'none'" },
    },
    slots: {
      names: ['blue', 'green'],
      active: `${folder}/active`,
      maintenance: `${folder}/maintenance`,
      files: `${folder}/slots/*/nginx.conf`,
    },
    pools: [],
    internal: [],
  })
}

const blue = (folder: string) =>
  slotConfig({
    slot: 'blue',
    pools: [
      { name: 'web', sockets: [`${folder}/blue/web-1.sock`], backup: [`${folder}/green/web-1.sock`] },
      { name: 'gateway', sockets: [`${folder}/blue/gateway-1.sock`], backup: [`${folder}/green/gateway-1.sock`] },
      { name: 'auth-internal', sockets: [1, 2].map((n) => `${folder}/blue/auth-${n}-internal.sock`) },
    ],
    internal: [
      { socket: `${folder}/run/gateway.sock`, pool: 'gateway' },
      { socket: `${folder}/run/auth-internal.sock`, pool: 'auth-internal' },
    ],
    statusSocket: `${folder}/run/status-blue.sock`,
  })

describe('configuration of a machine', () => {
  it.each(Object.entries(distributions))('is what it was, for NGINX of %s', (_, nginx) => {
    expect(machineConfig('/m', nginx).text).toMatchSnapshot()
  })

  it('is what it was, for a slot', () => {
    expect(blue('/m').text).toMatchSnapshot()
  })

  it('looks at the certificate with each handshake, and keeps it for a while where it can', () => {
    const texts = Object.values(distributions).map((nginx) => machineConfig('/m', nginx).text)
    for (const text of texts) expect(text).not.toContain('ssl_certificate "/m')
    expect(texts.map((text) => text.includes('ssl_certificate_cache'))).toEqual([false, false, false, false, true])
  })

  it('passes the test of the system’s NGINX', async () => {
    const server = await findNginx('system')
    const folder = await mkdtemp('/tmp/nginx-test-')
    try {
      for (const name of ['run', 'cache', 'slots/blue']) await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, 'slots/blue/nginx.conf'), blue(folder).text)
      const file = join(folder, 'nginx.conf')
      await writeFile(file, machineConfig(folder, server, server.tempModules, 18_443).text)
      const argv = ['-e', 'stderr', '-p', folder, '-c', file, '-t']
      const { stderr } = await promisify(execFile)(server.program, argv)
      expect(stderr).toContain('test is successful')
      expect(stderr).not.toMatch(/\[(warn|alert)\]/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
