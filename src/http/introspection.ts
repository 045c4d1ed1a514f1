import {
  type ASTVisitor,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** The end of a validation message that tells names of the schema to who guesses near them. */
const SUGGESTION = / Did you mean [^?]*\?$/;

/** The SDL for composers tells as much as introspection does. */
function noSubgraphSchema(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== '_service' || context.getParentType() !== context.getSchema().getQueryType())
        return;
      const message = 'GraphQL introspection has been disabled, and with it the field "_service".';
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

/** Keeps the schema to who has it already. Goes behind whatever sets how documents are validated. */
export function useNoIntrospection(): Plugin {
  return {
    onValidate({ addValidationRule, validateFn, setValidationFn }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      addValidationRule(noSubgraphSchema);
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
