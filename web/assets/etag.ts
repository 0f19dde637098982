/**
 * The tag of a file in an encoding: a strong tag names bytes, and those of each encoding are others (RFC 9110, section
 * 8.8.3.3).
 */
export const encodedTag = (etag: string, encoding: string | undefined): string =>
  encoding ? etag.replace(/"$/, `-${encoding}"`) : etag
