import * as z from 'zod';
import type { ModelProvider, ModelTag } from '../../../domain/model-provider.ts';
import type { Operation } from '../../../transport/request.ts';
import { roa } from '../../../transport/roa.ts';
import { type BackendLink, callOperation } from '../../backend.ts';
import { type NoteOdd, readLeniently } from '../../lenient.ts';
import { judge, ROOT, readOperation } from '../envelope.ts';
import { toProvider, toTag } from './normalise.ts';
import { providerWire, tagWire } from './wire.ts';

const QUERY_PROVIDERS = readOperation('ModelRouterQueryNacosProviders');
const QUERY_TAGS = readOperation('ModelRouterQueryNacosTags');

/** ModelRouterQueryNacosProviders. @throws GatewayError */
export function queryProviders(link: BackendLink): Promise<readonly ModelProvider[]> {
  return queryArray(link, QUERY_PROVIDERS, 'providers', readProvider);
}

function readProvider(row: unknown, noteOdd: NoteOdd): ModelProvider | undefined {
  return readLeniently(providerWire, row, noteOdd, toProvider);
}

/** ModelRouterQueryNacosTags. @throws GatewayError */
export function queryTags(link: BackendLink): Promise<readonly ModelTag[]> {
  return queryArray(link, QUERY_TAGS, 'tags', readTag);
}

function readTag(row: unknown, noteOdd: NoteOdd): ModelTag | undefined {
  return readLeniently(tagWire, row, noteOdd, toTag);
}

/**
 * Source: paging parameters are accepted, but the answer is a bare array with neither total nor token: one page.
 *
 * @param toRow always the same function: it tells readings apart
 */
function queryArray<Row>(
  link: BackendLink,
  operation: Operation,
  name: string,
  toRow: (row: unknown, noteOdd: NoteOdd) => Row | undefined,
): Promise<readonly Row[]> {
  const request = { ...roa(operation, 'GET', [...ROOT, 'nacos', name]), readAs: toRow };
  return callOperation(link, request, (answer) => {
    const { data, noteOdd, unreadable } = judge(link, request, answer);
    // The other lists of the product hold theirs in an object.
    const held = typeof data === 'object' && data !== null && 'list' in data ? data.list : data;
    const rows = z.array(z.unknown()).nullable().safeParse(held);
    if (!rows.success) throw unreadable();
    return (rows.data ?? []).flatMap((row) => toRow(row, noteOdd) ?? []);
  });
}
