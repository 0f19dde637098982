import type { UnitFile } from './service-unit.ts'
import { unitText } from './text.ts'

/**
 * The template of a slot's containers; the instance is the slot. What is missing is started by a start or a reload, what
 * runs is left alone. Docker may be stopped and started under it: it brings the containers back by itself.
 *
 * @param compose Program that is told a slot and then what Compose shall do with it.
 */
export function composeUnit(compose: string): UnitFile {
  const up = `${compose} %i up --detach --no-build --remove-orphans`
  const text = unitText({
    Unit: {
      Description: 'bookstore, containers (%i)',
      After: 'network.target docker.service postgresql.service bookstore-nginx.service',
      Wants: 'docker.service',
    },
    Service: {
      Type: 'oneshot',
      RemainAfterExit: 'yes',
      ExecStart: up,
      ExecReload: up,
      ExecStop: `${compose} %i down --remove-orphans`,
      Slice: 'bookstore.slice',
      TimeoutStartSec: '5min',
      TimeoutStopSec: '3min',
    },
    Install: { WantedBy: 'multi-user.target' },
  })
  return { name: 'bookstore-compose@.service', text }
}

/** Compose is a plugin of Docker since its version 2, and was a program of its own before. */
export function composeProgram(slots: string): string {
  return `#!/bin/sh
# Written by bookstore; the next run writes it again. compose <slot> <words>: Compose, for the containers of a slot.
slot=$1
shift
set -- --project-name "bookstore-$slot" --file "${slots}/$slot/compose.yaml" "$@"
docker compose version >/dev/null 2>&1 && exec docker compose "$@"
exec docker-compose "$@"
`
}
