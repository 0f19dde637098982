/** Five inks of one printer: a ground, the ink of the letters on it, and three for the picture. */
export interface Palette {
  ground: string
  ink: string
  a: string
  b: string
  c: string
}

const palette = (ground: string, ink: string, a: string, b: string, c: string): Palette => ({ ground, ink, a, b, c })

/** All mixed from the same dozen of muted inks, so that any of them stand well beside each other on a shelf. */
export const palettes: readonly Palette[] = [
  palette('#efe4cd', '#2a211b', '#7d2230', '#c9973f', '#2f4a4a'),
  palette('#73202c', '#f5e8d3', '#d9a441', '#a3433f', '#efd8b4'),
  palette('#21453b', '#f3ead6', '#d8b25c', '#4b7a63', '#e8d9b8'),
  palette('#1d4757', '#f4ead6', '#e0a458', '#3b7385', '#f0dcc0'),
  palette('#d7a145', '#2b1d12', '#7a2430', '#f3e3bf', '#3b4a3f'),
  palette('#a8452c', '#fbeedb', '#f1c27b', '#7c2f1f', '#2c2a33'),
  palette('#dcc9a6', '#2a241d', '#37586b', '#a8492f', '#6e7a4b'),
  palette('#232a3f', '#efe6d3', '#c9a15a', '#48557c', '#a85545'),
  palette('#4a2a41', '#f4e6d8', '#d98f7a', '#7a4a6b', '#e6c38e'),
  palette('#a9b48f', '#1f2a22', '#2f4f43', '#f0e7d0', '#8c3b2e'),
  palette('#deb3a2', '#3a1a1c', '#8a2f3a', '#f5e5d3', '#35505a'),
  palette('#e7e0d0', '#1e2c3a', '#2d5a7b', '#c2643f', '#94a58a'),
]
