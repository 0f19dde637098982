'use strict'

const { readFileSync } = require('node:fs')
const { dirname, join, resolve } = require('node:path')

function read(...parts) {
  try {
    return readFileSync(join(...parts), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** `.git` is a folder, or in a worktree a file that names one. */
function gitFolder(root) {
  const pointer = read(root, '.git')
  return pointer?.startsWith('gitdir: ') ? resolve(root, pointer.slice(8)) : join(root, '.git')
}

function packed(folder, ref) {
  const line = read(folder, 'packed-refs')
    ?.split('\n')
    .find((entry) => entry.endsWith(` ${ref}`))
  return line?.slice(0, line.indexOf(' '))
}

/** The commit that is checked out, read without a git process; undefined outside of a repository. */
function head(root) {
  const folder = gitFolder(root)
  const value = read(folder, 'HEAD')
  if (!value?.startsWith('ref: ')) return value
  const ref = value.slice(5)
  const common = read(folder, 'commondir')
  const refs = common ? resolve(folder, common) : folder
  return read(folder, ref) ?? read(refs, ref) ?? packed(refs, ref) ?? value
}

/** True when `dist/` was built from the commit that is checked out. Without a repository any build will do. */
function isFresh(root) {
  const text = read(root, 'dist', 'stamp.json')
  if (text === undefined) return false
  const current = head(root)
  return current === undefined || JSON.parse(text).head === current
}

module.exports = { head, isFresh, root: dirname(__dirname) }
