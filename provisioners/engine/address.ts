/** `<where>.<noun>/<name>`, unique in a graph: 'local.process/catalog-1', 'aws.security-group/web'. */
export type Address = `${string}.${string}/${string}`
