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

/** Whose failure it is and where it is answered; a request may not get as far as a product. */
export interface FailureContext {
  readonly product: Product | 'unknown';
  readonly requestId: string;
  readonly hostId: string;
}

/** A failure in the words of the product itself. Model Router has its own form, the others use the gateway's. */
export function productFailure(context: FailureContext, refusal: Refusal): Fields {
  if (context.product !== 'aicontent') return gatewayFailure(context, refusal);
  return {
    requestId: context.requestId,
    success: false,
    errCode: refusal.code,
    errMessage: refusal.message,
    httpStatusCode: refusal.status,
    data: null,
  };
}

/** A failure of the API gateway in front of every product: routing, versions, signatures, throttling. */
export function gatewayFailure({ product, requestId, hostId }: FailureContext, refusal: Refusal): Fields {
  return {
    RequestId: requestId,
    HostId: hostId,
    Code: refusal.code,
    Message: refusal.message,
    ...(product === 'polardb' && { Recommend: `https://api.aliyun.com/troubleshoot?q=${refusal.code}` }),
  };
}
