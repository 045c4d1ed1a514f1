import type { Product } from './operation.ts';

/** One request as the sandbox saw it. */
export interface SandboxRequest {
  product: Product | 'unknown';
  /** Of the header x-acs-action; empty when it was not sent. */
  action: string;
  method: string;
  /** Encoded, without query. */
  path: string;
  /** Decoded. */
  query: Readonly<Record<string, string>>;
  rawUrl: string;
  headers: Readonly<Record<string, string>>;
  /** Empty until the body has arrived. */
  bodyText: string;
  /** The answered status; null while pending or when the connection was cut. */
  status: number | null;
  /** The client left before the answer was complete. */
  aborted: boolean;
}
