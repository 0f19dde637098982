'use strict'

/**
 * Preloaded into dependency-cruiser, whose parse options for SWC know no JSX (src/extract/swc/parse.mjs of 17.4.3,
 * "TODO: {tj}sx ?"): without this every .tsx file is a syntax error.
 */
const swc = require('@swc/core')

const { parseFileSync } = swc
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('.tsx') })
