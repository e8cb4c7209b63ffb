/** Bytes looked at to tell UTF-16 without its mark. */
const SAMPLE_BYTES = 1_024;
/** Text in a Latin script has a zero in every second byte of UTF-16; UTF-8 has none at all. */
const ZERO_SHARE = 0.4;

/** The byte order of text in UTF-16, by its mark or by where its zero bytes stand; undefined for any other text. */
export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const least = (sample.length / 2) * ZERO_SHARE;
  if (sample.length < 8 || even + odd < least) return undefined;
  if (even === 0) return 'utf-16le';
  return odd === 0 ? 'utf-16be' : undefined;
}

/** Text of bytes: UTF-16, else the encoding that the document names, else UTF-8, else Windows-1252, which every byte sequence is. */
export function decodeText(bytes: Uint8Array, named?: string): string {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes);
  for (const encoding of [named, 'utf-8']) {
    try {
      if (encoding !== undefined) return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // an unknown name, or bytes that are not in it: the next may be right
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
}
