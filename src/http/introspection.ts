import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** The end of a validation message that tells names of the schema to who guesses near them. */
const SUGGESTION = / Did you mean [^?]*\?$/;

/** Keeps the schema to who has it already. Goes behind whatever sets how documents are validated. */
export function useNoIntrospection(): Plugin {
  return {
    onValidate({ addValidationRule, validateFn, setValidationFn }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((...args: Parameters<typeof validateFn>) => {
        const errors = validateFn(...args) as readonly GraphQLError[];
        return errors.map(
          ({ message, nodes, extensions }) =>
            new GraphQLError(message.replace(SUGGESTION, ''), { nodes: nodes ?? null, extensions }),
        );
      });
    },
  };
}
