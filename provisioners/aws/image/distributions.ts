export type Architecture = 'x64' | 'arm64'

export interface Distribution {
  /** Public parameter of its newest image. */
  parameter(architecture: Architecture): string
  /** Account of its publisher. */
  owner: string
  /** Pattern of the names of its images. */
  name(architecture: Architecture): string
  rootDevice: string
  /** Whom its cloud-init makes, and we enter as. */
  user: string
}

const debianNames = { x64: 'amd64', arm64: 'arm64' } as const

/** https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
function ubuntu(version: string, series: string, disk: 'ebs-gp2' | 'ebs-gp3'): Distribution {
  const folder = disk === 'ebs-gp3' ? 'hvm-ssd-gp3' : 'hvm-ssd'
  return {
    parameter: (architecture) =>
      `/aws/service/canonical/ubuntu/server/${version}/stable/current/${debianNames[architecture]}/hvm/${disk}/ami-id`,
    owner: '099720109477',
    name: (architecture) => `ubuntu/images/${folder}/ubuntu-${series}-${version}-${debianNames[architecture]}-server-*`,
    rootDevice: '/dev/sda1',
    user: 'ubuntu',
  }
}

/** https://wiki.debian.org/Cloud/AmazonEC2Image */
function debian(version: string): Distribution {
  return {
    parameter: (architecture) => `/aws/service/debian/release/${version}/latest/${debianNames[architecture]}`,
    owner: '136693071363',
    name: (architecture) => `debian-${version}-${debianNames[architecture]}-*`,
    rootDevice: '/dev/xvda',
    user: 'admin',
  }
}

export const distributions = {
  'ubuntu-22.04': ubuntu('22.04', 'jammy', 'ebs-gp2'),
  'ubuntu-24.04': ubuntu('24.04', 'noble', 'ebs-gp3'),
  'ubuntu-26.04': ubuntu('26.04', 'resolute', 'ebs-gp3'),
  'debian-12': debian('12'),
  'debian-13': debian('13'),
} as const

/** Whom to enter a machine as. A pinned image is taken for an Ubuntu where its id is all that is known. */
export function userOf(image: string): string {
  return distributions[image as keyof typeof distributions]?.user ?? 'ubuntu'
}
