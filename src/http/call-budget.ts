import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { CompiledPlans } from '../cost/compiled-plans.ts';
import { type Ledger, payFrom } from '../cost/ledger.ts';
import type { PlanValues } from '../cost/plan.ts';

/** By which a client asks to be told what its operation may cost, and did. */
export const COST_HEADER = 'x-graphql-cost';

/** Lines of a plan that a refusal lists. */
const MAX_TOLD_LINES = 8;

/**
 * Plans every operation before it runs: the sum of what its fields state is the most it can call, and refused over
 * the limit. What is not refused is the operation's budget. `extensions.cost` tells of both where the header asks.
 */
export function useCallBudget(limit: number): Plugin<{ readonly request: Request } & Context> {
  return {
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const budget = budgetOf(args, limit);
      if (budget === undefined) return undefined;
      if (budget.refusal !== undefined) {
        setResultAndStopExecution(budget.refusal);
        return undefined;
      }
      setExecuteFn((given) => budget.pay(() => executeFn(given)));
      if (!budget.isTold) return undefined;
      return {
        onExecuteDone: (done) =>
          handleStreamOrSingleExecutionResult(done, ({ result, setResult }) => {
            // Of an answer in parts only the last one knows.
            if ('hasNext' in result && result.hasNext === true) return;
            setResult(budget.told(result));
          }),
      };
    },
  };
}

/** What an operation, or one event of a subscription, may call. */
interface Budget {
  /** Its answer, where it could take more than the limit. */
  readonly refusal: ExecutionResult | undefined;
  /** Whether the client asks to be told. */
  readonly isTold: boolean;
  /** Has the calls of `run` paid. */
  pay<T>(run: () => T): T;
  /** The result with what was planned and what was called. */
  told(result: ExecutionResult): ExecutionResult;
}

/** Plans an operation anew; undefined for what will not run. */
export function budgetOf(args: ExecutionArgs, limit: number): Budget | undefined {
  const ledger = plan(args, limit);
  if (ledger === undefined) return undefined;
  const { request } = args.contextValue as { readonly request: Request };
  const hasHeader = isTold(request.headers.get(COST_HEADER));
  const cost = () => ({ cost: told(ledger, limit) });
  // An error holds a stack, which takes longer than all the rest of this.
  const refusal =
    ledger.planned > limit
      ? { errors: [tooCostly(ledger, limit)], ...(hasHeader ? { extensions: cost() } : {}) }
      : undefined;
  return {
    refusal,
    isTold: hasHeader,
    pay: (run) => payFrom(ledger.rest, run),
    told: (result) => ({ ...result, extensions: { ...result.extensions, ...cost() } }),
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
  return ledgerOf({ schema, document, operation, variables: coerced, region }, limit);
}

/** What is known of operations whatever the request, for all servers of the process. */
const plans = new CompiledPlans();

/** An operation with its coerced variables. */
interface Planned extends PlanValues {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** What an operation may call. @param limit that any operation may */
export function ledgerOf({ schema, document, operation, ...values }: Planned, limit: number): Ledger {
  return plans.of(schema, document, operation, values.variables).ledger(values, limit);
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
