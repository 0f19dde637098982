import { announce } from './page.ts'
import { judge } from './validation.ts'

const previewWidth = 160

/** Draws the image; false when it is none. A canvas needs no address, so the policy of the page stays as strict as it is. */
async function draw(file: File, canvas: HTMLCanvasElement): Promise<boolean> {
  try {
    const image = await createImageBitmap(file)
    const scale = Math.min(1, (previewWidth * devicePixelRatio) / image.width)
    canvas.width = Math.round(image.width * scale)
    canvas.height = Math.round(image.height * scale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    image.close()
    return true
  } catch {
    return false
  }
}

/** Says at once what the server would say after an upload in vain, and shows what was chosen. */
async function look(input: HTMLInputElement, canvas: HTMLCanvasElement): Promise<void> {
  const file = input.files?.[0]
  input.setCustomValidity('')
  const fits =
    file === undefined || (file.size <= Number(input.dataset.limit) && input.accept.split(',').includes(file.type))
  // A browser that does not know this kind of image shows none; the server may know it.
  const drawn = file !== undefined && fits && (await draw(file, canvas))
  // Meanwhile another one may have been chosen.
  if (input.files?.[0] !== file) return
  canvas.hidden = !drawn
  if (!fits) input.setCustomValidity(input.dataset.tooHeavy ?? '')
  judge(input)
  if (!file || !drawn) return
  const text = (input.dataset.chosen ?? '').replace('{name}', () => file.name)
  canvas.setAttribute('aria-label', text)
  announce(text)
}

/** The whole field takes a file that is dropped on it. */
function takeDrops(place: HTMLElement, input: HTMLInputElement): void {
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    place.classList.add('drop-over')
  }
  place.addEventListener('dragenter', over)
  place.addEventListener('dragover', over)
  place.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!place.contains(relatedTarget as Node | null)) place.classList.remove('drop-over')
  })
  place.addEventListener('drop', (event) => {
    const [file] = event.dataTransfer?.files ?? []
    place.classList.remove('drop-over')
    if (!file) return
    event.preventDefault()
    const one = new DataTransfer()
    one.items.add(file)
    input.files = one.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  })
}

/** The field of a cover: drag a photo onto it, see it before it is sent. Without scripts it is the browser's own field. */
export function previewCover(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('.drop input[type=file]')) {
    const place = input.closest<HTMLElement>('.drop')
    if (!place) continue
    const canvas = document.createElement('canvas')
    canvas.hidden = true
    canvas.setAttribute('role', 'img')
    place.prepend(canvas)
    input.addEventListener('change', () => look(input, canvas))
    takeDrops(place, input)
  }
}
