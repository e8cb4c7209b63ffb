import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive, and what its headers say of it where that is not the truth. */
export interface ZipFile {
  name: string;
  content: Buffer;
  /** Packed already, as `content` would be. */
  packed?: Buffer;
  method?: number;
  flags?: number;
  saysSize?: number;
  saysPacked?: number;
  /** Where the directory says that it begins. */
  saysOffset?: number;
}

/** An archive as its author wants it, lies included. */
export function rawZip(files: ZipFile[], says: { entryCount?: number; comment?: string } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const packed = file.packed ?? (file.method === 0 ? file.content : deflateRawSync(file.content));
    const name = Buffer.from(file.name);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(file.flags ?? 0, 6);
    header.writeUInt16LE(file.method ?? 8, 8);
    header.writeUInt32LE(crc32(file.content), 14);
    header.writeUInt32LE(file.saysPacked ?? packed.length, 18);
    header.writeUInt32LE(file.saysSize ?? file.content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    header.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(file.saysOffset ?? offset, 42);
    parts.push(header, name, packed);
    directory.push(entry, name);
    offset += header.length + name.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  return Buffer.concat([...parts, listing, endRecord(says.entryCount ?? files.length, listing.length, offset, says.comment ?? '')]);
}

export function endRecord(entryCount: number, size: number, offset: number, comment = ''): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entryCount % 65_536, 8);
  end.writeUInt16LE(entryCount % 65_536, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
}

/** A directory of a million files and nothing else, in the form for large archives (APPNOTE.TXT 4.3.14). */
export function millionEntries(): Buffer {
  const entry = Buffer.alloc(47);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(1, 28);
  entry.write('a', 46);
  const listing = Buffer.alloc(entry.length * 1_000_000, entry);
  const start = Buffer.from('PK\x03\x04', 'latin1');
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(1_000_000n, 24);
  end64.writeBigUInt64LE(1_000_000n, 32);
  end64.writeBigUInt64LE(BigInt(listing.length), 40);
  end64.writeBigUInt64LE(BigInt(start.length), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start.length + listing.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = endRecord(65_535, 0xffffffff, 0xffffffff);
  return Buffer.concat([start, listing, end64, locator, end]);
}
