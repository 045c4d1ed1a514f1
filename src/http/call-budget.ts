import {
  type DefinitionNode,
  type ExecutionArgs,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { type Ledger, payFrom } from '../cost/ledger.ts';
import { planOperation } from '../cost/plan.ts';

/** By which a client asks to be told what its operation may cost, and did. */
const HEADER = 'x-graphql-cost';

/** Lines of a plan that a refusal lists. */
const MAX_TOLD_LINES = 8;

/**
 * Plans every operation before it runs: the sum of what its fields state is the most it can call, and refused over
 * the limit. What is not refused is the operation's budget. `extensions.cost` tells of both where the header asks.
 */
export function useCallBudget(limit: number): Plugin<{ readonly request: Request } & Context> {
  return {
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const ledger = plan(args, limit);
      if (ledger === undefined) return undefined;
      const isAsked = isTold(args.contextValue.request.headers.get(HEADER));
      if (ledger.planned > limit) {
        const extensions = isAsked ? { extensions: { cost: told(ledger, limit) } } : {};
        setResultAndStopExecution({ errors: [tooCostly(ledger, limit)], ...extensions });
        return undefined;
      }
      setExecuteFn((given) => payFrom(ledger.rest, () => executeFn(given)));
      if (!isAsked) return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult({ ...result, extensions: { ...result.extensions, cost: told(ledger, limit) } });
        },
      };
    },
  };
}

/** Undefined for what will not run. */
function plan(
  { schema, document, operationName, variableValues, contextValue }: ExecutionArgs,
  limit: number,
) {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return undefined;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  if (coerced === undefined) return undefined;
  const { region } = contextValue as Context;
  const fragments = new Map(
    document.definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment] as const),
  );
  return planOperation({ schema, operation, fragments, variables: coerced, region }, limit);
}

function isFragment(definition: DefinitionNode): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}

function isTold(header: string | null): boolean {
  return header !== null && !['', '0', 'false'].includes(header.trim().toLowerCase());
}

function told(ledger: Ledger, limit: number) {
  const { planned, actual } = ledger;
  const fields = ledger.lines().map(({ what, ...calls }) => ({ field: what, ...calls }));
  return { limit, planned, actual, fields };
}

/** Names fields by the schema, and nothing that a client wrote. */
function tooCostly(ledger: Ledger, limit: number): GraphQLError {
  const lines = ledger.lines();
  const named = lines.slice(0, MAX_TOLD_LINES).map(({ what, planned }) => `${what} ${planned}`);
  const rest = lines.slice(MAX_TOLD_LINES).reduce((sum, { planned }) => sum + planned, 0);
  const sum = [...named, ...(rest === 0 ? [] : [`${lines.length - MAX_TOLD_LINES} others ${rest}`])].join(
    ', ',
  );
  return new GraphQLError(
    `The operation can take ${ledger.planned} upstream calls, and ${limit} is the limit: ${sum}. Ask for fewer rows by first and last, name a gateway or a source where a field takes one, or send it in parts.`,
    { extensions: { code: 'BAD_USER_INPUT', http: { spec: true, status: 400 } } },
  );
}
