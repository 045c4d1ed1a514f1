/** A code of the vendor and the statuses that it is documented with. */
export interface VendorCode {
  readonly code: string;
  readonly statuses: readonly number[];
}

const all = (statuses: readonly number[], ...codes: readonly string[]): readonly VendorCode[] =>
  codes.map((code) => ({ code, statuses }));

/**
 * The codes that the vendor documents for the three products or for all of its own, for the catalogue of errors: what a
 * code leads to is decided by the rules of vendor-errors.ts.
 *
 * Source: the products' pages and the vendor's common error tables.
 */
export const VENDOR_CODES: readonly VendorCode[] = [
  ...all([200], 'UNKNOWN_ERROR'),
  ...all([500], 'InternalError', 'Server.Internal.UnknownError'),
  ...all([503], 'ServiceUnavailable'),
  ...all(
    [400],
    'IdempotentParameterMismatch',
    'IllegalTimestamp',
    'IncompleteSignature',
    'InsufficientBalance',
    'InvalidAccessKeyId.Inactive',
    'InvalidOwner',
    'InvalidOwnerAccount',
    'InvalidOwnerId',
    'InvalidParameter',
    'InvalidSignatureMethod',
    'InvalidTimeStamp.Expired',
    'InvalidTimeStamp.Format',
    'MissingParameter',
    'NoSuchVersion',
    'SignatureNonceUsed',
    'Throttling',
    'Throttling.User',
    'UnsupportedOperation',
    'UnsupportedParameter',
  ),
  ...all([400, 403], 'SignatureDoesNotMatch'),
  ...all([400, 404], 'InvalidAccessKeyId.NotFound', 'InvalidProtocol.NeedSsl'),
  ...all(
    [403],
    'ActionUnauthorized',
    'B.Permission.DeniedException',
    // Spelt so.
    'Forbedden.NotSupportRAM',
    'Forbidden',
    'Forbidden.RAM',
    'Forbidden.RiskControl',
    'Forbidden.UserVerification',
    'InvalidAction',
    'UnsupportedHTTPMethod',
  ),
  ...all([404], 'Forbidden.InstanceNotFound', 'InvalidApi.NotFound', 'InvalidProduct.NotFound'),
];
