import { describe, expect, test } from 'vitest'
import { architectures } from '../manifest.ts'
import { closure, type LockEntries, nativePackages } from './natives.ts'

const entry = (fields: object = {}) => ({ version: '1.0.0', integrity: 'sha512-x', ...fields })
const paths = (lock: LockEntries) => [...closure(lock, ['a'], 'arm64').keys()]

test.each(architectures)('for %s there is native code for glibc and that processor only', async (architecture) => {
  const packages = await nativePackages(architecture)
  const native = [...packages.keys()].filter((path) => /linux|darwin|win32|wasm|android|freebsd/.test(path))
  expect(native.sort()).toEqual([
    `node_modules/@img/sharp-libvips-linux-${architecture}`,
    `node_modules/@img/sharp-linux-${architecture}`,
    `node_modules/@node-rs/argon2-linux-${architecture}-gnu`,
  ])
  expect([...packages.keys()]).toEqual(expect.arrayContaining(['node_modules/sharp', 'node_modules/@node-rs/argon2']))
  for (const { integrity } of packages.values()) expect(integrity).toMatch(/^sha512-/)
})

describe('what a package needs', () => {
  test('is found in the nearest folder above, each version once', () => {
    const lock = {
      'node_modules/a': entry({ dependencies: { b: '1', c: '1' } }),
      'node_modules/a/node_modules/c': entry({ dependencies: { b: '1' } }),
      'node_modules/b': entry({ dependencies: { c: '2', a: '1' } }),
      'node_modules/c': entry(),
    }
    expect(paths(lock).sort()).toEqual(Object.keys(lock).sort())
  })

  test('is left out when it is for another system and can be done without', () => {
    const optionalDependencies = { musl: '1', mac: '1', other: '1', right: '1', gone: '1' }
    const lock = {
      'node_modules/a': entry({ optionalDependencies }),
      'node_modules/musl': entry({ os: ['linux'], cpu: ['arm64'], libc: ['musl'] }),
      'node_modules/mac': entry({ os: ['darwin'], cpu: ['arm64'] }),
      'node_modules/other': entry({ os: ['linux'], cpu: ['x64'] }),
      'node_modules/right': entry({ os: ['linux'], cpu: ['arm64'], libc: ['glibc'] }),
    }
    expect(paths(lock)).toEqual(['node_modules/a', 'node_modules/right'])
  })

  test('and is not in the lock file is a defect', () => {
    expect(() => paths({ 'node_modules/a': entry({ dependencies: { b: '1' } }) })).toThrow('no b for node_modules/a')
  })
})

describe('of a package', () => {
  test('what runs is kept', async () => {
    const keep = (await nativePackages('x64')).get('node_modules/sharp')?.keep ?? /^$/
    const kept = ['package.json', 'dist/index.mjs', 'lib/libvips-cpp.so.8.18.7', 'LICENSE', 'README.md', 'a.node']
    const left = ['src/sharp.cc', 'install/build.js', 'dist/index.d.mts', 'index.d.ts', 'browser.js', 'a.js.map']
    expect(kept.filter((path) => !keep.test(path))).toEqual([])
    expect(left.filter((path) => keep.test(path))).toEqual([])
  })
})
