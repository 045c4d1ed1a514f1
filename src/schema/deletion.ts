import * as z from 'zod';
import { builder } from '../builder.ts';
import type { KeyShape } from '../domain/global-id.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, globalIdText } from './input.ts';

interface Deleted {
  readonly type: string;
  readonly deletedId: string;
}

/**
 * Declares `Delete<Type>Input`, `…Success` and `…Result`; `what` names the thing in their descriptions. `run` judges
 * the input and answers once `remove`, which gets the key without its region, has ended.
 */
export function deletion(shape: KeyShape, what: string) {
  const name = `Delete${shape.typeName}`;
  const input = builder.inputType(`${name}Input`, {
    description: `The ${what} to delete.`,
    fields: (t) => ({ id: t.id({ required: true, description: 'Global id.' }) }),
  });
  const success = builder.objectRef<Deleted>(`${name}Success`).implement({
    description: `The ${what} is gone.`,
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', {
        nullable: false,
        description: 'Global id of what is gone, for caches.',
      }),
    }),
  });
  return {
    input,
    result: resultType(name, success),
    run: (
      given: { readonly id: string },
      region: string,
      remove: (key: readonly string[]) => Promise<void>,
    ) =>
      asResult(async (): Promise<Deleted> => {
        const { id } = checkInput(z.object({ id: globalIdText(shape, region) }), given);
        await remove(id);
        return { type: `${name}Success`, deletedId: given.id };
      }),
  };
}
