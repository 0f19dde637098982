import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
  type ResourceGroupsTaggingAPIClientConfig,
} from '@aws-sdk/client-resource-groups-tagging-api'

export const client = (config: ResourceGroupsTaggingAPIClientConfig) => new ResourceGroupsTaggingAPIClient(config)

export const commands = {
  GetResources: GetResourcesCommand,
} as const
