const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Finds where the one answer that a connection waits for ends. Nothing is pipelined. */
export interface ResponseReader {
  /** Takes what arrived; tells the whole answer, head included, once it is there. */
  take(data: Buffer): Buffer | undefined;
}

/** Reads answers with a length or in chunks; one without a body must say so by a length of 0. */
export function createResponseReader(): ResponseReader {
  let received: Buffer | undefined;
  let isComplete: ((whole: Buffer) => boolean) | undefined;
  return {
    take(data) {
      const whole: Buffer = received === undefined ? data : Buffer.concat([received, data]);
      isComplete ??= endOf(whole);
      if (isComplete?.(whole) !== true) {
        received = whole;
        return undefined;
      }
      received = undefined;
      isComplete = undefined;
      return whole;
    },
  };
}

/** What tells the end of an answer; undefined while its head is not whole. */
function endOf(begun: Buffer): ((whole: Buffer) => boolean) | undefined {
  const headEnd = begun.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(begun.toString('latin1', 0, headEnd))?.[1];
  if (length === undefined) return (whole) => whole.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  const end = headEnd + HEAD_END.length + Number(length);
  return (whole) => whole.length >= end;
}
