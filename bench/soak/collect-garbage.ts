/*
 * Loaded before the gateway by the soak: at a signal it collects its garbage, so that what is measured behind it is
 * what the process holds, and not what it has not come to clean up yet.
 */
process.on('SIGUSR2', () => globalThis.gc?.());
