/** Rejections that nobody handled. */
export interface Unhandled {
  seen(): readonly unknown[];
  forget(): void;
  end(): void;
}

/**
 * Takes them from the test runner, which would fail for any: the executor in use before leaves some behind where a list
 * fails, which with Node's default ends the process.
 */
export function watchUnhandled(): Unhandled {
  const listeners = process.listeners('unhandledRejection');
  let seen: unknown[] = [];
  const note = (reason: unknown) => void seen.push(reason);
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  return {
    seen: () => seen,
    forget() {
      seen = [];
    },
    end() {
      process.off('unhandledRejection', note);
      for (const listener of listeners) process.on('unhandledRejection', listener);
    },
  };
}
