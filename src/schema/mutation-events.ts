import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { requireScope } from '../auth/scopes.ts';
import type { Context } from '../context.ts';
import type { CatalogEventKind } from '../domain/catalog-event.ts';
import { decodeGlobalId } from '../domain/global-id.ts';
import type { CreateOutcome } from './create-outcome.ts';
import { asResult } from './error-types.ts';
import type { NodeRow } from './node.ts';

/*
 * Every mutation states, beside its cost, which event it tells, and of which backend; in one place, around its resolver,
 * it is judged whether the caller may write there, and the event is told. What always holds: an event is a fact, so
 * nothing is told of a mutation that was refused, or whose outcome is unknown.
 */

/** Which events a mutation tells. */
interface EventStatement {
  readonly kind: CatalogEventKind;
  /** The backend, as in the registry. */
  readonly source: string;
  /** Of a create: what its success names as made. */
  readonly rowsOf?: (success: never) => readonly NodeRow[];
}

/** What GraphQL keeps of a mutation besides its cost. */
export interface EventExtensions {
  readonly event: EventStatement;
}

/** Of a create: tells of each row that it made, or found it had made; of none that an earlier one had. */
export function tellsCreated<Success>(
  source: string,
  rowsOf: (success: Success) => readonly NodeRow[],
): EventExtensions {
  return { event: { kind: 'CREATED', source, rowsOf } };
}

/** Of a change: tells once a backend has confirmed a write of it, also where a later step failed. */
export function tellsUpdated(source: string): EventExtensions {
  return { event: { kind: 'UPDATED', source } };
}

/** Of a delete: tells once the thing is gone. */
export function tellsDeleted(source: string): EventExtensions {
  return { event: { kind: 'DELETED', source } };
}

/** Which event a mutation states. */
export function eventOf({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>) {
  return (extensions as Partial<EventExtensions>).event;
}

/** What every mutation answers with. */
interface MutationResult {
  readonly outcome?: CreateOutcome;
  /** Why it did not succeed. */
  readonly error?: unknown;
}

interface MutationArgs {
  readonly input: { readonly id?: string };
}

/** Has each mutation judge first whether its caller may write, and tell its event. */
export function withEvents(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const statement = eventOf(field);
    if (statement === undefined) continue;
    const { resolve = defaultFieldResolver } = field;
    field.resolve = async (root, args: MutationArgs, context: Context, info) => {
      const { kind, source } = statement;
      const before = context.live.confirmedWrites();
      const result: MutationResult = await asResult<MutationResult>(async () => {
        // Also where nothing will be written: what it reads would tell of the thing, or of the backend.
        requireScope(context.identity.scopes, source, 'write');
        return (await resolve(root, args, context, info)) as MutationResult;
      });
      const hasWritten = context.live.confirmedWrites() > before;
      for (const nodeId of await idsToTell(statement, result, hasWritten, args, context, info)) {
        context.live.tell({ kind, source, typeName: decodeGlobalId(nodeId)?.typeName ?? '', nodeId });
      }
      return result;
    };
  }
  return schema;
}

async function idsToTell(
  { kind, rowsOf }: EventStatement,
  result: MutationResult,
  hasWritten: boolean,
  { input: { id = '' } }: MutationArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<readonly string[]> {
  // A change in several steps may have failed behind the first; one that changes nothing sends nothing.
  if (kind === 'UPDATED') return hasWritten ? [id] : [];
  if (result.error !== undefined) return [];
  if (kind === 'DELETED') return [id];
  if (result.outcome === 'REPLAYED') return [];
  const rows = rowsOf?.(result as never) ?? [];
  return Promise.all(rows.map((row) => idOf(row, context, info)));
}

/** The global id of a row, by the field that gives it to clients. */
async function idOf(row: NodeRow, context: Context, info: GraphQLResolveInfo): Promise<string> {
  const type = info.schema.getType(row.type);
  const field = type !== undefined && 'getFields' in type ? type.getFields()['id'] : undefined;
  if (field === undefined || !('resolve' in field)) throw new Error(`${row.type} has no id.`);
  const { resolve = defaultFieldResolver } = field;
  return resolve(row, {}, context, info) as string | Promise<string>;
}
