/** Words of finding a book: suggestions, books seen lately, and what other programs read. */
export const suggest = {
  label: 'Sugerencias',
  author: 'Autor o autora',
  count: (count: number) => (count === 1 ? '1 sugerencia' : `${count || 'No hay'} sugerencias`),
}

export const seen = {
  title: 'Vistos hace poco',
  forget: 'Olvidar esta lista',
}

export const feed = {
  title: (shop: string) => `${shop}: recién llegados`,
  link: 'Novedades en Atom',
}
