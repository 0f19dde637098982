/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html, and the SDK's own list without quotas. */
export const throttlingCodes = [
  'EC2ThrottledException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TooManyUpdates',
]

export const networkCodes = [
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'TimeoutError',
]

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and the common errors of each service. */
export const denials = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError']

export const expired = [
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
  'UnauthorizedSSOTokenError',
]

export const refused = ['InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch', 'AuthFailure']

/** What is used up, and under which code more of it can be asked for (Service Quotas). */
export const quotas: Record<string, string> = {
  VcpuLimitExceeded: 'L-1216C47A of ec2 (standard on-demand instances)',
  InstanceLimitExceeded: 'L-1216C47A of ec2 (standard on-demand instances)',
  AddressLimitExceeded: 'L-0263D0A3 of ec2 (Elastic IPs)',
  VpcLimitExceeded: 'L-F678F1CE of vpc (VPCs in a region)',
  InternetGatewayLimitExceeded: 'L-A4707A72 of vpc (internet gateways in a region)',
  SecurityGroupLimitExceeded: 'L-E79EC296 of vpc (security groups in a region)',
  TooManyBuckets: 'L-DC2B2D3D of s3 (buckets)',
  LimitExceeded: 'of that service',
  LimitExceededException: 'of that service',
  ResourceLimitExceeded: 'of that service',
}
