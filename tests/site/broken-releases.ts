/** Files that make a release unfit, each in its own way; all else is that of a good one. */
export const brokenReleases = {
  crashes: {
    'services/catalog.mjs': `
      if (process.argv[2] !== undefined && process.argv[2] !== 'serve') process.exit(0)
      process.stderr.write('there is no shelf for this catalog\\n')
      process.exit(3)`,
  },
  hangs: {
    'services/catalog.mjs': `
      if (process.argv[2] !== undefined && process.argv[2] !== 'serve') process.exit(0)
      process.stderr.write('counting all books of the world first\\n')
      setInterval(() => {}, 1000)`,
  },
  'fails its migration': {
    'services/catalog.mjs': `
      process.stderr.write('this schema is beyond me\\n')
      process.exit(1)`,
  },
  'fails its smoke': {
    'services/web.mjs': `
      import { execFileSync } from 'node:child_process'
      import { chmodSync, rmSync } from 'node:fs'
      import { createServer } from 'node:http'
      const listen = (variable, status, done) => {
        const path = process.env[variable].slice('unix:'.length)
        rmSync(path, { force: true })
        createServer((_, answer) => answer.writeHead(status).end('sorry')).listen(path, () => {
          chmodSync(path, 0o660)
          done()
        })
      }
      const ready = () => execFileSync('systemd-notify', ['--ready'])
      listen('BOOKSTORE_LISTEN', 500, () => listen('BOOKSTORE_LISTEN_INTERNAL', 200, ready))
      process.on('SIGTERM', () => process.exit(0))`,
  },
} as const
