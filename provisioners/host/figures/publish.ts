import { connectFromMachine } from '../../aws/from-machine/clients.ts'
import { type FigureName, figureDimensions, figureNames, figureNamespace } from '../../aws/from-machine/names.ts'
import type { Context } from '../../engine/resource.ts'
import type { CloudPlace } from '../cloud/place.ts'
import type { Figures } from './figures.ts'

/** CloudWatch knows no hours. */
const units = { DiskUsed: 'Percent', CertificateAge: 'Percent', ServerErrors: 'Count', BackupAge: 'None' } as const

/** Says all of them in one call, at least once: after a lost answer it is said again. @throws AwsError. */
export async function publishFigures(
  figures: Figures,
  { region, stack }: Pick<CloudPlace, 'region' | 'stack'>,
  environment: Readonly<Record<string, string | undefined>>,
  ctx: Context,
): Promise<void> {
  const Timestamp = ctx.clock.now()
  const datum = (MetricName: FigureName, Value: number) => {
    return { MetricName, Value, Timestamp, Unit: units[MetricName], Dimensions: figureDimensions(stack) }
  }
  const MetricData = figureNames.flatMap((name) => {
    const value = figures[name]
    return value === undefined ? [] : [datum(name, value)]
  })
  const aws = connectFromMachine({ region, environment })
  try {
    await aws.call('cloudwatch:PutMetricData', { Namespace: figureNamespace, MetricData }, ctx)
  } finally {
    aws.close()
  }
}
