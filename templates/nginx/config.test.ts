import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { newKey } from '../../provisioners/certificates/key-pair.ts'
import { createLocalAuthority, localAuthority } from '../../provisioners/certificates/local-ca.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { findNginx } from '../../provisioners/local/nginx/locate.ts'
import { type NginxSettings, nginxConfig } from './config.ts'

function settings(folder: string, nginx: NginxSettings['nginx'], tempModules: readonly string[] = []): NginxSettings {
  return {
    nginx,
    tempModules,
    runAsRoot: false,
    workers: 1,
    openFiles: 16_384,
    pidFile: `${folder}/nginx.pid`,
    tempFolder: `${folder}/tmp`,
    cacheFolder: `${folder}/tmp`,
    accessLog: `${folder}/requests.log`,
    statusSocket: `${folder}/status.sock`,
    certificateRevision: 'abc',
    site: {
      names: ['shop.localhost', 'www.shop.localhost'],
      otherNames: ['localhost'],
      addresses: ['127.0.0.1'],
      httpsPort: 18443,
      httpPort: 18080,
      languages: ['es', 'en'],
      certificate: `${folder}/site.pem`,
      key: `${folder}/site.key`,
      hsts: 'max-age=300',
      pages: { folder, policy: "default-src 'none'" },
    },
    pools: [
      { name: 'web', sockets: [`${folder}/web-1.sock`] },
      { name: 'gateway', sockets: [`${folder}/gateway-1.sock`] },
      { name: 'catalog', sockets: [`${folder}/catalog-1.sock`, `${folder}/catalog-2.sock`] },
    ],
    internal: [{ socket: `${folder}/catalog.sock`, pool: 'catalog' }],
  }
}

const text = (version: string, openssl?: string) => nginxConfig(settings('/srv/shop', { version, openssl })).text

describe('configuration of NGINX', () => {
  it('says HTTP/2 the way the version understands', () => {
    expect(text('1.22.1', '3.0.15')).toContain('listen 127.0.0.1:18443 ssl http2;')
    expect(text('1.22.1', '3.0.15')).not.toContain('http2 on;')
    expect(text('1.25.4')).toContain('  http2 on;')
    expect(text('1.26.3', '3.5.1')).toContain('listen 127.0.0.1:18443 ssl;')
  })

  it('names the hybrid curve only where OpenSSL knows it', () => {
    expect(text('1.26.3', '3.5.1')).toContain('ssl_ecdh_curve X25519MLKEM768:X25519:')
    expect(text('1.22.1', '3.0.15')).toContain('ssl_ecdh_curve X25519:')
    expect(text('1.25.4')).toContain('ssl_ecdh_curve X25519:')
  })

  it('refuses foreign names, with what old versions have for it', () => {
    expect(text('1.25.4')).toContain('ssl_reject_handshake on;')
    expect(text('1.18.0', '3.0.2')).toContain('return 444;')
    expect(text('1.18.0', '3.0.2')).not.toContain('ssl_reject_handshake')
  })

  it('has another revision when the certificate is another, and the same when nothing is', () => {
    const one = nginxConfig(settings('/srv/shop', { version: '1.25.4', openssl: undefined }))
    const same = nginxConfig(settings('/srv/shop', { version: '1.25.4', openssl: undefined }))
    const other = nginxConfig({
      ...settings('/srv/shop', { version: '1.25.4', openssl: undefined }),
      certificateRevision: 'def',
    })
    expect(same).toEqual(one)
    expect(other.revision).not.toBe(one.revision)
    expect(one.text).toContain(one.revision)
  })

  it('is what it was', () => {
    expect(text('1.25.4')).toMatchSnapshot()
  })

  it.each(['embedded', 'system'] as const)(
    'passes the test of the %s NGINX, also in a folder with blanks',
    async (choice) => {
      const server = await findNginx(choice).catch(() => undefined)
      if (!server) return
      const parent = await mkdtemp('/tmp/nginx-test-')
      const folder = join(parent, 'a folder; {with} signs')
      try {
        await import('node:fs/promises').then(({ mkdir }) => mkdir(join(folder, 'tmp'), { recursive: true }))
        await createLocalAuthority(folder, 'test', systemClock)
        const key = newKey()
        const order = { names: ['shop.localhost'], key, signal: AbortSignal.timeout(5_000) }
        await writeFile(join(folder, 'site.key'), key)
        await writeFile(join(folder, 'site.pem'), await localAuthority(folder, systemClock).issue(order))
        const file = join(folder, 'nginx.conf')
        await writeFile(file, nginxConfig(settings(folder, server, server.tempModules)).text)
        const { stderr } = await promisify(execFile)(server.program, ['-e', 'stderr', '-p', folder, '-c', file, '-t'])
        expect(stderr).toContain('test is successful')
        expect(stderr).not.toContain('[warn]')
      } finally {
        await rm(parent, { recursive: true })
      }
    },
  )
})
