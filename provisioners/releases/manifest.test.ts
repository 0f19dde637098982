import { expect, test } from 'vitest'
import { parseReleaseManifest, type ReleaseManifest, releaseId, serialize, sha256, sumsOf } from './manifest.ts'

const file = (path: string) => ({ path, sha256: sha256(path), size: 3, mode: 0o644, layer: 'application' }) as const
const manifestOf = (...paths: string[]): ReleaseManifest => ({
  format: 1,
  bookstore: '1.2.3',
  architecture: 'x64',
  runtime: { version: '24.0.0', digest: sha256('runtime') },
  agent: { digest: sha256('agent') },
  migrations: {},
  files: paths.map(file),
})

test('the id is of the content, and of nothing else', () => {
  const { files, format, ...rest } = manifestOf('a', 'b/c')
  const shuffled = { files, ...rest, format } as ReleaseManifest
  const id = releaseId(serialize(manifestOf('a', 'b/c')))
  expect(id).toMatch(/^[0-9a-f]{16}$/)
  expect(releaseId(serialize(shuffled))).toBe(id)
  expect(releaseId(serialize(manifestOf('a', 'b/d')))).not.toBe(id)
})

test('what was written is read', () => {
  const manifest = manifestOf('node_modules/@img/sharp-linux-x64/lib/sharp.node', 'web/assets/OFL-A_b.txt.br')
  expect(parseReleaseManifest(serialize(manifest))).toEqual(manifest)
})

test.each(['/etc/passwd', '../up', 'a/../../b', './a', 'a//b', 'a/', '', 'a\nb', 'a b', '..', 'a/.'])(
  'a file at %j would lie outside of the release, or be misread, and is refused',
  (path) => {
    const bytes = JSON.stringify({ ...manifestOf(), files: [file(path)] })
    expect(() => parseReleaseManifest(Buffer.from(bytes))).toThrow(expect.objectContaining({ code: 'release-damaged' }))
  },
)

test.each([['{'], ['[]'], ['{}'], [JSON.stringify({ ...manifestOf(), format: 2 })]])('%s is no manifest', (text) => {
  expect(() => parseReleaseManifest(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'release-damaged' }))
})

test('the list of a layer is what sha256sum reads', () => {
  expect(sumsOf([{ ...file('bin/node'), layer: 'runtime' }, file('a')], 'runtime')).toBe(
    `${sha256('bin/node')}  bin/node\n`,
  )
})
