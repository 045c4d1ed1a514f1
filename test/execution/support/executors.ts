import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { CompiledExecution, type Execution } from '../../../src/execution/execute.ts';

/** Executes what was parsed and validated. */
export type Executor = (execution: Execution) => unknown;

/** The executor of graphql-yoga, as its plugins are given it. */
export async function openYogaExecutor(): Promise<Executor> {
  let found: Executor | undefined;
  const plugin: Plugin = {
    onExecute({ executeFn }) {
      found = executeFn as Executor;
    },
  };
  const yoga = createYoga({ schema: createSchema({ typeDefs: 'type Query { a: Int }' }), plugins: [plugin] });
  await yoga.fetch('http://yoga/graphql?query={a}');
  if (found === undefined) throw new Error('Yoga has executed nothing.');
  return found;
}

/** The compiled one; what it leaves to the other is an error here, so that no comparison is of one with itself. */
export function openCompiledExecutor(): Executor {
  const compiled = new CompiledExecution();
  return (execution) => {
    const answer = compiled.execute(execution);
    if (answer === undefined) throw new Error('It is not compiled.');
    return answer;
  };
}
