import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA256 (RFC 2104) under one key, of ASCII texts of one length. Of one-shot hashes: the runtime's own makes a
 * native object for each text, which takes longer than the hashing.
 */
export class HmacSha256 {
  /** Each is the padded key and room for what is hashed with it. */
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(key: string, textBytes: number) {
    const bytes = Buffer.from(key, 'utf8');
    const block = bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes;
    this.#inner = padded(block, 0x36, textBytes);
    this.#outer = padded(block, 0x5c, DIGEST_BYTES);
  }

  /** In lower-case hex. */
  of(text: string): string {
    this.#inner.write(text, BLOCK_BYTES, 'latin1');
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', this.#outer);
  }
}

function padded(key: Buffer, pad: number, roomBytes: number): Buffer {
  const buffer = Buffer.alloc(BLOCK_BYTES + roomBytes);
  key.copy(buffer);
  for (let at = 0; at < BLOCK_BYTES; at++) buffer[at] = (buffer[at] ?? 0) ^ pad;
  return buffer;
}
