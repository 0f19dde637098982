import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type Metric,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { servedFiles } from '../../provisioners/certificates/acme/index.ts'
import { machine } from '../../provisioners/host/layout.ts'
import { type Clients, clientsFor, closeClients } from '../lab/aws/clients.ts'
import { type Cloud, openCloud } from '../lab/aws/cloud.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { Operator } from '../vm/operator.ts'
import { longMs, succeed } from '../vm/support.ts'
import { counts } from './account.ts'
import { keptCertificate, writesOf } from './kept-certificate.ts'

const domain = 'proyecto2.test'
const machineChain = servedFiles(machine.certificates).certificate

/** One shop, from an empty account to an empty account: the steps of a life follow each other. */
describeLab('a shop on a machine at AWS', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let cloud: Cloud
  let operator: Operator
  let account: Clients

  beforeAll(async () => {
    lab = await startLab()
    const names = await lab.nameServer({ zones: [domain], secondaries: 1 })
    cloud = await openCloud({ lab, names, zones: [domain], packages: 'prepared-cloud' })
    const part = { target: 'aws', aws: { region: cloud.environment.AWS_REGION, image: 'debian-12' } }
    operator = await Operator.of(lab, names, domain, part, {
      ...cloud.environment,
      BOOKSTORE_AWS_CONSISTENCY_MS: '2000',
    })
    await operator.configure((configuration) => {
      configuration.dns = { provider: 'route53' }
    })
    account = clientsFor(cloud.endpoint)
  }, longMs)
  afterAll(async () => {
    if (account) closeClients(account)
    await operator?.close()
    await cloud?.close()
    await lab?.close()
  }, longMs)

  /** A line of shell on the machine, as root. */
  const there = async (line: string) => {
    const { status, text, talk } = await operator.run('ssh', '--', 'sudo', 'sh', '-c', line)
    expect({ status, talk: status === 0 ? '' : talk }).toEqual({ status: 0, talk: '' })
    return text
  }
  /** Calls that were made since, with credentials that the machine was given, by what they do. */
  const byMachine = (since: number) => {
    const made = cloud.calls().slice(since)
    return [...new Set(made.filter(({ accessKey }) => accessKey.startsWith('ASIA')).map(({ action }) => action))].sort()
  }

  it(
    'opens with one command, entered by a key that was vouched for from the first connection on',
    async () => {
      const said = await operator.json('up', '--yes')
      const { result } = succeed(said)
      expect(JSON.stringify(said.events)).toMatch(/costs about US\$ \d+\.\d\d a month/)
      expect(result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      expect(counts(await cloud.dump())).toMatchObject({ instance: 1, address: 1, 'security-group': 1, bucket: 1 })
      expect(await operator.names.query(domain, 'A')).toHaveLength(1)
      const { status, talk } = await operator.run('ssh', '--', 'sudo', 'true')
      expect({ status, talk: status === 0 ? '' : talk }).toEqual({ status: 0, talk: '' })
    },
    longMs,
  )

  it(
    'began with a certificate that was issued while it booted, and with the account that renews it',
    async () => {
      const [ordered = Number.NaN] = writesOf(cloud, /\/certificate\/order\//)
      // The second host key is made over the first connection.
      const [, entered = Number.NaN] = writesOf(cloud, /\/host-key$/)
      expect(ordered).toBeLessThan(entered)
      const { store, values } = await keptCertificate(cloud, 'lab')
      expect(values.filter(({ value }) => value.reveal().length > 4096)).toEqual([])
      const [kept, served] = [await store.current(), await operator.run('ssh', '--', 'sudo', 'cat', machineChain)]
      expect(served.text.trim()).toBe(kept?.chain.trim())
      const account = await store.account(kept?.authority ?? '')
      expect(account?.url).toMatch(/^https:/)
      const accounts = await operator.run('ssh', '--', 'sudo', 'sh', '-c', `cat ${machine.certificates}/accounts/*`)
      expect(JSON.parse(accounts.text)).toMatchObject({ url: account?.url })
      expect(await store.orders()).toEqual([])
    },
    longMs,
  )

  it(
    'is left alone by a second run',
    async () => {
      const plan = await operator.json('plan')
      expect({ status: plan.status, steps: plan.result.steps }).toEqual({ status: 0, steps: [] })
    },
    longMs,
  )

  it(
    'puts its nightly backup into the bucket, whole, from where the shop can be restored',
    async () => {
      const since = cloud.calls().length
      await there('systemctl start bookstore-backup.service')
      expect(byMachine(since)).toEqual(['PutObject'])
      const [Bucket] = (await cloud.dump()).bucket.map(({ id }) => id)
      const { Contents = [] } = await account.s3.send(new ListObjectsV2Command({ Bucket }))
      expect(Contents.map(({ Key }) => Key)).toEqual([
        expect.stringMatching(/^backups\/weekly\/bookstore-\d{8}-\d{6}\.tar\.gz$/),
      ])
      const { Body } = await account.s3.send(new GetObjectCommand({ Bucket, Key: Contents[0]?.Key }))
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
      const local = await there('sha256sum /var/lib/bookstore/backups/bookstore-*.tar.gz')
      expect(local.split(' ')[0]).toBe(createHash('sha256').update(bytes).digest('hex'))
      const file = join(operator.folder, 'from-the-bucket.tar.gz')
      await writeFile(file, bytes)
      succeed(await operator.json('db', 'restore', file, '--yes'))
    },
    longMs,
  )

  it(
    'keeps a backup that the bucket does not take, and says so',
    async () => {
      const names = async () => (await there('ls /var/lib/bookstore/backups')).trim().split('\n')
      const [before] = await names()
      cloud.fault([{ action: 'PutObject', do: 'refuse', code: 'AccessDenied', status: 403 }])
      const { status } = await operator.run('ssh', '--', 'sudo', 'systemctl', 'start', 'bookstore-backup.service')
      cloud.heal()
      expect(status).not.toBe(0)
      expect(await there('journalctl -o cat -u bookstore-backup.service')).toContain('backup-not-published')
      // Of a day the newest stays: it was made, and takes the place of the other.
      const [after, ...more] = await names()
      expect({ newer: String(after) > String(before), more }).toEqual({ newer: true, more: [] })
    },
    longMs,
  )

  it(
    'says how it is, to CloudWatch, for alarms that wait for it',
    async () => {
      const since = cloud.calls().length
      await there('systemctl start bookstore-figures.service')
      expect(byMachine(since)).toEqual(['PutMetricData'])
      const { Metrics = [] } = await account.cloudwatch.send(new ListMetricsCommand({ Namespace: 'Bookstore' }))
      const { MetricAlarms = [] } = await account.cloudwatch.send(new DescribeAlarmsCommand({}))
      const series = (each: Metric) => JSON.stringify([each.Namespace, each.MetricName, each.Dimensions])
      const watched = MetricAlarms.filter(({ Namespace }) => Namespace === 'Bookstore').map(series)
      expect(watched).toHaveLength(4)
      expect([...new Set(Metrics.map(series))].sort()).toEqual(watched.sort())
      const latest = async (MetricName: string) => {
        const span = { StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000), Period: 60 }
        const asked = { Namespace: 'Bookstore', MetricName, Statistics: ['Maximum' as const], ...span }
        const Dimensions = [{ Name: 'Stack', Value: 'lab' }]
        const found = await account.cloudwatch.send(new GetMetricStatisticsCommand({ ...asked, Dimensions }))
        return found.Datapoints?.at(-1)?.Maximum ?? Number.NaN
      }
      expect(await latest('DiskUsed')).toBeGreaterThan(0)
      expect(await latest('BackupAge')).toBeLessThan(1)
      const age = await latest('CertificateAge')
      expect(age >= 0 && age < 1).toBe(true)
      expect(await latest('ServerErrors')).toBeGreaterThanOrEqual(0)
    },
    longMs,
  )

  it(
    'renews its certificate in the zone of the account, by its timer and its role, without any key',
    async () => {
      expect(await there('ls /var/lib/bookstore/secrets | grep -c dns; true')).toBe('0\n')
      const serial = () => there('openssl x509 -noout -serial -in /etc/bookstore/nginx/site.pem')
      const before = await serial()
      const since = cloud.calls().length
      // What the timer asks, and not to wait until it is due.
      await there('sed -i.before 1s/{/{\\"force\\":true,/ /etc/bookstore/certificate.json')
      await there('systemctl start bookstore-certificate.service')
      await there('mv /etc/bookstore/certificate.json.before /etc/bookstore/certificate.json')
      expect(byMachine(since)).toContain('ChangeResourceRecordSets')
      expect(await serial()).not.toBe(before)
      expect(await operator.names.query(`_acme-challenge.${domain}`, 'TXT')).toEqual([])
    },
    longMs,
  )

  it(
    'may do nothing else with its role',
    async () => {
      const ask = 'curl -s http://169.254.169.254/latest'
      const token = `-H "X-aws-ec2-metadata-token: $(${ask}/api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')"`
      const path = `${ask}/meta-data/iam/security-credentials/`
      const told = await there(`curl -s ${token} ${path.slice(8)}$(curl -s ${token} ${path.slice(8)})`)
      const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(told)
      const given = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
      const machine = clientsFor(cloud.endpoint, given)
      const [Bucket] = (await cloud.dump()).bucket.map(({ id }) => id)
      const [object] = (await account.s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []
      const refused = { $metadata: expect.objectContaining({ httpStatusCode: 403 }) }
      await expect(machine.s3.send(new GetObjectCommand({ Bucket, Key: object?.Key }))).rejects.toMatchObject(refused)
      await expect(machine.s3.send(new DeleteObjectCommand({ Bucket, Key: object?.Key }))).rejects.toMatchObject(
        refused,
      )
      await expect(machine.ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject(refused)
      const elsewhere = new PutObjectCommand({ Bucket, Key: 'elsewhere', Body: 'x' })
      await expect(machine.s3.send(elsewhere)).rejects.toMatchObject(refused)
      const foreign = new PutMetricDataCommand({ Namespace: 'Others', MetricData: [{ MetricName: 'a', Value: 1 }] })
      await expect(machine.cloudwatch.send(foreign)).rejects.toMatchObject(refused)
      await expect(machine.cloudwatch.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject(refused)
      closeClients(machine)
    },
    longMs,
  )

  it(
    'goes, and leaves the account and the names as they were, with a last backup for the operator',
    async () => {
      expect(succeed(await operator.json('down', '--yes')).result).toMatchObject({ leftovers: [] })
      await cloud.settled()
      expect(counts(await cloud.dump())).toEqual({})
      expect(await operator.names.query(domain, 'A')).toEqual([])
    },
    longMs,
  )
})
