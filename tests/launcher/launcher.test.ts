import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packageRoot } from '../../provisioners/engine/root.ts'

/** A checkout in miniature: the real launcher and build, and a command line of one line. */
let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'launcher-'))
  await cp(join(packageRoot(), 'bin'), join(root, 'bin'), { recursive: true })
  await symlink(join(packageRoot(), 'node_modules'), join(root, 'node_modules'))
  await write('package.json', '{"name":"bookstore","version":"1.2.3","type":"module"}')
  await write('cli/main.ts', "console.log(['ran', ...process.argv.slice(2)].join(' '))")
  await write('services/catalog/main.ts', "import { name } from '../kit/name.ts'\nconsole.log(name)")
  await write('services/kit/name.ts', "export const name: string = 'catalog'")
  await write('services/kit/main.ts', 'export {}')
  await write('services/catalog/migrations/1_start.sql', 'select 1')
  await write('services/catalog/seed/classics.json', '[]')
  await write('web/main.ts', "console.log('web')")
  await write(
    'web/build.mjs',
    "import { writeFile } from 'node:fs/promises'\nexport const buildWeb = ({ outdir }) => writeFile(outdir + '/web.css', '')",
  )
  await write('.git/HEAD', 'ref: refs/heads/main\n')
  await write('.git/refs/heads/main', 'commit-1\n')
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  const file = join(root, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, text)
}

interface Ended {
  status: number
  out: string
  err: string
}

function launch(args: readonly string[] = ['hello'], env: Record<string, string> = {}, uid?: number): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, ...(uid === undefined ? {} : { uid, gid: uid }) }
    execFile(process.execPath, [join(root, 'bin/bookstore'), ...args], options, (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

const building = /^building bookstore.*\n$/
const entries = async () => (await readdir(root)).filter((name) => name.startsWith('dist')).sort()

describe('the launcher', () => {
  test('builds when there is no build, says so in one line, and runs', async () => {
    expect(await launch(['a', '--b'])).toEqual({ status: 0, out: 'ran a --b\n', err: expect.stringMatching(building) })
    expect(await launch()).toEqual({ status: 0, out: 'ran hello\n', err: '' })
    expect(await entries()).toEqual(['dist'])
  })

  test('builds again for another commit, however that is written down', async () => {
    await launch()
    await write('.git/refs/heads/main', 'commit-2\n')
    expect((await launch()).err).toMatch(building)
    await write('.git/HEAD', 'commit-3\n')
    expect((await launch()).err).toMatch(building)
    await write('.git/HEAD', 'ref: refs/heads/other\n')
    await write('.git/packed-refs', '# pack-refs with: peeled\ncommit-4 refs/heads/other\n')
    expect((await launch()).err).toMatch(building)
    expect((await launch()).err).toBe('')
  })

  test('understands a worktree', async () => {
    await write('main/refs/heads/topic', 'commit-1\n')
    await write('main/worktrees/w/HEAD', 'ref: refs/heads/topic\n')
    await write('main/worktrees/w/commondir', '../..\n')
    await rm(join(root, '.git'), { recursive: true })
    await write('.git', `gitdir: ${join(root, 'main/worktrees/w')}\n`)
    await launch()
    expect(JSON.parse(await readFile(join(root, 'dist/stamp.json'), 'utf8'))).toEqual({ head: 'commit-1' })
  })

  test('without a repository any build will do', async () => {
    await launch()
    await rm(join(root, '.git'), { recursive: true })
    expect((await launch()).err).toBe('')
    await rm(join(root, 'dist'), { recursive: true })
    expect((await launch()).status).toBe(0)
  })

  test('works with NODE_ENV=production', async () => {
    expect(await launch(['x'], { NODE_ENV: 'production' })).toMatchObject({ status: 0, out: 'ran x\n' })
  })

  test('four at once, with no build: all run', async () => {
    const ended = await Promise.all([1, 2, 3, 4].map((it) => launch([String(it)])))
    expect(ended.map(({ out, status }) => [out, status])).toEqual([1, 2, 3, 4].map((it) => [`ran ${it}\n`, 0]))
    expect(await entries()).toEqual(['dist'])
  })

  test('clears away what a killed build left', async () => {
    const child = spawn(process.execPath, ['-e', '0'])
    await new Promise((resolve) => child.on('close', resolve))
    await write(`dist.${child.pid}/cli/main.mjs`, 'half')
    await write(`dist.${process.pid}/cli/main.mjs`, 'of somebody who is at work')
    await launch()
    expect(await entries()).toEqual(['dist', `dist.${process.pid}`])
  })

  test('a broken source is a clear error, and the old build stays', async () => {
    await launch()
    await write('.git/HEAD', 'commit-2\n')
    await write('cli/main.ts', 'const = 1')
    const { status, err } = await launch()
    expect(status).toBe(1)
    expect(err).toContain('bookstore could not be built')
    expect(err).not.toContain('    at ')
    expect(await readFile(join(root, 'dist/cli/main.mjs'), 'utf8')).toContain('ran')
  })

  test('a Node that is too old is told, and nothing is built', async () => {
    await write('old.cjs', "Object.defineProperty(process, 'versions', { value: { node: '20.10.0' } })")
    const { status, err } = await launch([], { NODE_OPTIONS: `--require ${join(root, 'old.cjs')}` })
    expect(status).toBe(1)
    expect(err).toContain('bookstore needs Node 20.11 or newer, and this is Node 20.10.0')
    expect(await entries()).toEqual([])
  })

  test('without packages it says how to get them', async () => {
    await rm(join(root, 'node_modules'))
    const { status, err } = await launch()
    expect(status).toBe(1)
    expect(err).toContain('npm ci')
  })

  test.skipIf(process.getuid?.() !== 0)('where this user may not write it says who has to build', async () => {
    await execFileAsync('chmod', ['755', root])
    const { status, err } = await launch([], {}, 65_534)
    expect(status).toBe(1)
    expect(err).toContain('may not write to')
    await launch()
    expect(await launch(['x'], {}, 65_534)).toMatchObject({ status: 0, out: 'ran x\n' })
  })
})

test('the build has an entry a process, data beside it, and is the same every time', async () => {
  const build = () => execFileAsync(process.execPath, [join(root, 'bin/build.mjs')])
  await build()
  const list = async () => (await readdir(join(root, 'dist'), { recursive: true })).sort()
  const files = (await list()).filter((name) => /\.\w+$/.test(name))
  expect(files).toEqual([
    'cli/main.mjs',
    'help.txt',
    'migrations/catalog/1_start.sql',
    'seed/classics.json',
    'services/catalog.mjs',
    'services/web.mjs',
    'stamp.json',
    'web.css',
  ])
  const read = () => Promise.all(files.map((name) => readFile(join(root, 'dist', name), 'utf8')))
  const first = await read()
  await build()
  expect(await read()).toEqual(first)
  expect(await execFileAsync(process.execPath, [join(root, 'dist/services/catalog.mjs')])).toBe('catalog\n')
})

function execFileAsync(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}
