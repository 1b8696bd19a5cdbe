// A PDF of so many pages, each with its number, made by hand: objects, then their places. `heavy` makes each of
// them so many bytes longer; `locked` says that it is encrypted, with a password that nothing fits.
export function pdf(pages, { heavy = 0, locked = false } = {}) {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages} /Kids [${Array.from({ length: pages }, (_, at) => `${4 + 2 * at} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  for (let page = 1; page <= pages; page += 1) {
    const drawing = `%${noise(heavy)}\n0.08 0.35 0.29 rg 0 200 480 70 re f BT /F 30 Tf 1 1 1 rg 24 222 Td (Page ${page}) Tj ET`
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 480 270] /Contents ${5 + 2 * (page - 1)} 0 R /Resources << /Font << /F 3 0 R >> >> >>`,
      `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    )
  }
  const secret = '5a'.repeat(32)
  const lock = locked ? `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${secret}> /U <${secret}> >>` : ''
  let text = '%PDF-1.4\n'
  const places = objects.map((object, at) => {
    const place = text.length
    text += `${at + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const end = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  text += places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  text += `trailer << /Size ${objects.length + 1} /Root 1 0 R ${lock} /ID [<00> <00>] >>\nstartxref\n${end}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}

/** Text of so many bytes that hardly gets smaller when it is packed: the same each time. */
function noise(bytes) {
  const text = Buffer.alloc(bytes)
  let seed = 1
  for (let at = 0; at < bytes; at += 1) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    text[at] = 128 + ((seed >> 16) & 127)
  }
  return text.toString('latin1')
}
