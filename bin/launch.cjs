'use strict'

const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { enableCompileCache } = require('node:module')
const stamp = require('./stamp.cjs')

function explain(error) {
  const readOnly = ['EACCES', 'EPERM', 'EROFS'].includes(error.code)
  if (readOnly) {
    return [
      `bookstore has to be built first, and this user may not write to ${stamp.root}.`,
      `Run once as the owner of that folder: npm run build`,
    ]
  }
  if (error.code === 'ENOSPC') {
    return [
      `bookstore could not be built: the disk that holds ${stamp.root} is full.`,
      'Free about 50 MB and run it again.',
    ]
  }
  if (error.code === 'ERR_MODULE_NOT_FOUND') {
    return [`bookstore could not be built: ${error.message.split('\n')[0]}.`, `Run: cd ${stamp.root} && npm ci`]
  }
  return [`bookstore could not be built: ${error.message}`, `To see more, run: cd ${stamp.root} && npm run build`]
}

async function launch() {
  if (!stamp.isFresh(stamp.root)) {
    process.stderr.write('building bookstore, once for this version ...\n')
    try {
      const { build } = await import('./build.mjs')
      await build({ unlessFresh: true })
    } catch (error) {
      process.stderr.write(`${explain(error).join('\n')}\n`)
      process.exitCode = 1
      return
    }
  }
  const [first, ...others] = process.argv.slice(2)
  if ((first === '--help' || first === '-h') && others.length === 0) {
    process.stdout.write(readFileSync(join(stamp.root, 'dist/help.txt')))
    return
  }
  // Node 22.1 and newer keep compiled code between runs.
  enableCompileCache?.()
  await import(pathToFileURL(join(stamp.root, 'dist/cli/main.mjs')).href)
}

launch()
