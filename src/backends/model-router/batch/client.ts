import {
  type BatchFailure,
  type BatchItem,
  type BatchOutcome,
  type ModelBatch,
  matchBatch,
} from '../../../domain/model-batch.ts';
import { exchangeSecrets } from '../../../transport/exchange-secrets.ts';
import { redactVendorText } from '../../../transport/redact.ts';
import type { UpstreamRequest } from '../../../transport/request.ts';
import { roa } from '../../../transport/roa.ts';
import { type BackendLink, callOperation } from '../../backend.ts';
import { type NoteOdd, parseLeniently } from '../../lenient.ts';
import { textOf } from '../../normal-text.ts';
import { jsonText, MODELS, readModel, secretsOf } from '../client.ts';
import { judge, writeOperation } from '../envelope.ts';
import { batchFailureWire, batchWire } from './wire.ts';

const BATCH_CREATE = writeOperation('ModelRouterBatchCreateModel', false);

/**
 * ModelRouterBatchCreateModel. Source: `success: true` does not mean that all were created.
 *
 * @throws GatewayError where the call failed as a whole
 */
export function createModels(link: BackendLink, batch: ModelBatch): Promise<BatchOutcome> {
  const request: UpstreamRequest = {
    ...roa(BATCH_CREATE, 'POST', [...MODELS, 'batch'], {
      body: {
        apiKey: batch.apiKey,
        symbol: batch.vendor,
        baseUrl: batch.baseUrl,
        models: batch.models.map(toItem),
      },
    }),
    secrets: secretsOf(batch),
  };
  return callOperation(link, request, (answer) => {
    const { data, noteOdd, unreadable } = judge(link, request, answer);
    const rows = batchWire.safeParse(data).data;
    if (rows === undefined || (rows.created ?? rows.failures ?? undefined) === undefined) throw unreadable();
    const created = (rows.created ?? []).flatMap((row) => readModel(row, noteOdd) ?? []);
    const secrets = exchangeSecrets(request, answer);
    const failures = (rows.failures ?? []).flatMap((row) => toFailure(row, secrets, noteOdd) ?? []);
    const { results, strays } = matchBatch(batch.models, created, failures);
    if (strays > 0) noteOdd('(row of no item)');
    return { results, created };
  });
}

function toItem(item: BatchItem): Readonly<Record<string, unknown>> {
  return {
    name: item.name,
    // Source: written as modelId, read back as modelCode.
    modelId: item.modelCode,
    modelType: item.category,
    description: item.description,
    tags: item.tags?.join(','),
    maxInputLength: item.maxInputLength,
    maxOutputLength: item.maxOutputLength,
    inOut: item.inOut,
    extensions: jsonText(item.extensions),
  };
}

function toFailure(row: unknown, secrets: readonly string[], noteOdd: NoteOdd): BatchFailure | undefined {
  const wire = parseLeniently(batchFailureWire, row, (field) => noteOdd(`failures.${field}`));
  if (wire === undefined) return undefined;
  const message = textOf(wire.errorMsg);
  return {
    modelCode: textOf(wire.modelId),
    name: textOf(wire.name),
    upstreamMessage: message === undefined ? undefined : redactVendorText(message, secrets),
  };
}
