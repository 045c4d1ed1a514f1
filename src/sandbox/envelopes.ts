import type { Product } from './operation.ts';
import type { Refusal } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Wraps an operation's fields the way its product does.
 *
 * Source: Model Router's documented success sample carries errCode UNKNOWN_ERROR and an error text beside
 * `success: true`; that is kept here because callers must not trip over it.
 */
export function successEnvelope(product: Product, requestId: string, fields: Fields): Fields {
  if (product !== 'aicontent') return { RequestId: requestId, ...fields };
  return {
    requestId,
    success: true,
    errCode: 'UNKNOWN_ERROR',
    errMessage: '未知错误',
    httpStatusCode: 200,
    ...fields,
  };
}

/** A failure in the words of the product itself. Model Router has its own form, the others use the gateway's. */
export function productFailure(product: Product, requestId: string, hostId: string, refusal: Refusal): Fields {
  if (product !== 'aicontent') return gatewayFailure(requestId, hostId, refusal);
  return {
    requestId,
    success: false,
    errCode: refusal.code,
    errMessage: refusal.message,
    httpStatusCode: refusal.status,
    data: null,
  };
}

/** A failure of the API gateway in front of every product: routing, versions, signatures, throttling. */
export function gatewayFailure(requestId: string, hostId: string, refusal: Refusal): Fields {
  return {
    RequestId: requestId,
    HostId: hostId,
    Code: refusal.code,
    Message: refusal.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(refusal.code)}`,
  };
}
