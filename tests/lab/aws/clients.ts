import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { EC2Client } from '@aws-sdk/client-ec2'
import { IAMClient } from '@aws-sdk/client-iam'
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import { Route53Client } from '@aws-sdk/client-route-53'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'

export const region = 'eu-central-1'
/** Of nobody: an emulator takes any. */
export const credentials: Credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export type Clients = ReturnType<typeof clientsFor>

/** The SDK's own clients, so that what they understand is what an answer says. */
export function clientsFor(endpoint: string, as: Credentials = credentials) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const options = { endpoint, region, credentials: as, maxAttempts: 1 }
  return {
    ec2: new EC2Client(options),
    iam: new IAMClient(options),
    ssm: new SSMClient(options),
    s3: new S3Client(options),
    sns: new SNSClient(options),
    sts: new STSClient(options),
    cloudwatch: new CloudWatchClient(options),
    route53: new Route53Client(options),
    tagging: new ResourceGroupsTaggingAPIClient(options),
  }
}

export function closeClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy()
}
