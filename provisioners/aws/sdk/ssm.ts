import {
  AddTagsToResourceCommand,
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm'

export const client = (config: SSMClientConfig) => new SSMClient(config)

export const commands = {
  AddTagsToResource: AddTagsToResourceCommand,
  DeleteParameters: DeleteParametersCommand,
  GetParameter: GetParameterCommand,
  GetParametersByPath: GetParametersByPathCommand,
  PutParameter: PutParameterCommand,
} as const
