/** A public image, and the name of the parameter that says which is the newest of its kind. */
export interface PublicImage {
  id: string
  owner: string
  name: string
  architecture: 'x86_64' | 'arm64'
  rootDevice: string
  /** The user that its cloud-init lets in. */
  user: string
  parameter: string
  created: string
}

const canonical = '099720109477'
const debian = '136693071363'

/** Names: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
const ubuntus = [
  { version: '22.04', path: 'hvm-ssd/ubuntu-jammy-22.04', disk: 'ebs-gp2' },
  { version: '24.04', path: 'hvm-ssd-gp3/ubuntu-noble-24.04', disk: 'ebs-gp3' },
  { version: '26.04', path: 'hvm-ssd-gp3/ubuntu-resolute-26.04', disk: 'ebs-gp3' },
]
const architectures = [
  { short: 'amd64', long: 'x86_64' },
  { short: 'arm64', long: 'arm64' },
] as const

/** Names: https://wiki.debian.org/Cloud/AmazonEC2Image */
export const publicImages: readonly PublicImage[] = architectures.flatMap(({ short, long }, a) => [
  ...ubuntus.map(({ version, path, disk }, index) => ({
    ...{ id: idOf(`${index}${a}`), owner: canonical, architecture: long, rootDevice: '/dev/sda1', user: 'ubuntu' },
    name: `ubuntu/images/${path}-${short}-server-20261101`,
    parameter: `/aws/service/canonical/ubuntu/server/${version}/stable/current/${short}/hvm/${disk}/ami-id`,
    created: '2026-11-01T04:00:00.000Z',
  })),
  ...['12', '13'].map((version) => ({
    ...{ id: idOf(`${version}${a}`), owner: debian, architecture: long, rootDevice: '/dev/xvda', user: 'admin' },
    name: `debian-${version}-${short}-20261102-2280`,
    parameter: `/aws/service/debian/release/${version}/latest/${short}`,
    created: '2026-11-02T04:00:00.000Z',
  })),
])

function idOf(part: string): string {
  return `ami-0${part.padStart(16, 'b00c')}`
}

/** The file that moto reads its images from (MOTO_AMIS_PATH). An older one of each, so that the newest is to be chosen. */
export function imagesForMoto(): string {
  const older = (it: PublicImage): PublicImage => ({
    ...it,
    id: it.id.replace('ami-0', 'ami-1'),
    name: it.name.replace('202611', '202610'),
    created: it.created.replace('2026-11', '2026-10'),
  })
  return JSON.stringify(
    publicImages
      .flatMap((it) => [it, older(it)])
      .map((it) => ({
        ami_id: it.id,
        state: 'available',
        public: true,
        owner_id: it.owner,
        image_location: `amazon/${it.name}`,
        image_type: 'machine',
        architecture: it.architecture,
        creation_date: it.created,
        description: it.name,
        hypervisor: 'xen',
        name: it.name,
        platform: null,
        root_device_name: it.rootDevice,
        root_device_type: 'ebs',
        sriov: 'simple',
        virtualization_type: 'hvm',
      })),
  )
}
