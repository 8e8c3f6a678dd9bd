/** The zip archives that office documents are. What an archive says of itself is checked before a byte is unpacked. */
import { unzipSync, zipSync, type Unzipped } from 'fflate'
import { DocumentFault } from './fault.ts'

const maxEntries = 4096
const maxTotalBytes = 160 * 2 ** 20
/** Text packs to a tenth, tables of equal numbers to a hundredth; more than this is a bomb once it is large. */
const maxRatio = 200
const ratioFromBytes = 4 * 2 ** 20

export type Archive = Unzipped

/**
 * Unpacks the entries that `wanted` names. No entry can grow beyond the size that was checked: it is unpacked into so many bytes.
 * @throws DocumentFault `document_unsafe` where it would unpack to far more than a document; `document_encrypted`;
 *   `document_unreadable`
 */
export function openArchive(bytes: Uint8Array, wanted: (name: string) => boolean): Archive {
  assertZip(bytes)
  const sizes = { total: 0, entries: 0 }
  try {
    return unzipSync(bytes, {
      filter(entry) {
        check(entry, sizes)
        return wanted(entry.name)
      },
    })
  } catch (cause) {
    if (cause instanceof DocumentFault) throw cause
    throw new DocumentFault('document_unreadable', { cause })
  }
}

/** The same entries, not packed: for libraries that unpack by themselves, and must not see another archive than was checked. */
export function repack(archive: Archive): Uint8Array {
  return zipSync(archive, { level: 0 })
}

function check(
  { size, originalSize }: { size: number; originalSize: number },
  sizes: { total: number; entries: number },
): void {
  sizes.entries += 1
  sizes.total += originalSize
  if (sizes.entries > maxEntries) throw unsafe(`has more than ${maxEntries} parts`)
  if (sizes.total > maxTotalBytes)
    throw unsafe(`unpacks to more than ${maxTotalBytes / 2 ** 20} MiB`)
  if (originalSize > ratioFromBytes && originalSize > size * maxRatio) {
    throw unsafe(`holds a part that unpacks to more than ${maxRatio} times its size`)
  }
}

function unsafe(what: string): DocumentFault {
  return new DocumentFault('document_unsafe', { message: `The document ${what}.` })
}

const compoundFile = [0xd0, 0xcf, 0x11, 0xe0]

/** Office programs wrap what they encrypt in a compound file, which the old binary formats are too. */
function assertZip(bytes: Uint8Array): void {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return
  if (compoundFile.every((byte, at) => bytes[at] === byte)) {
    if (holds(bytes, 'EncryptedPackage')) throw new DocumentFault('document_encrypted')
    throw new DocumentFault('document_unsupported', {
      message: 'The document is of the old binary formats of Office (.doc, .xls, .ppt).',
    })
  }
  throw new DocumentFault('document_unreadable')
}

/** Names in a compound file are UTF-16. */
function holds(bytes: Uint8Array, name: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(
    Buffer.from(name, 'utf16le'),
  )
}
