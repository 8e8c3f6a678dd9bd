import { crc32, deflateRawSync } from 'node:zlib'

/** A zip archive by zlib: fflate would pack a bomb of hundreds of MiB for half a minute. */
export function deflatedZip(entries: Record<string, Uint8Array | string>): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, given] of Object.entries(entries)) {
    const [name, content] = [Buffer.from(path), Buffer.from(given)]
    const packed = deflateRawSync(content)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0) // version 2.0
    header.writeUInt16LE(8, 4) // deflated
    header.writeUInt32LE(crc32(content), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(content.length, 18)
    header.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), header, name, packed])
    files.push(file)
    directory.push(Buffer.from('PK\x01\x02\x14\0'), header, place, name)
    offset += file.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...files, list, Buffer.from('PK\x05\x06'), end])
}
