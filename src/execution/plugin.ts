import type { Plugin } from 'graphql-yoga';
import type { CompiledExecution, Execution } from './execute.ts';

/**
 * Compiles operations, and executes them so. What is not compiled goes to the executor that was to execute it. Comes
 * behind the plugin that hands over the request's signal, and before those that wrap the execution.
 */
export function useCompiledExecution(compiled: CompiledExecution): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((execution: Execution) => compiled.execute(execution) ?? executeFn(execution));
    },
  };
}
