import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, parse, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Largest request body. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Operations in one batched request. */
export const MAX_BATCH_SIZE = 10;

const MAX_TOKENS = 20_000;
const MAX_DEPTH = 15;
const MAX_ALIASES = 500;
const MAX_DIRECTIVES = 50;

/** Has a limit reported like any other fault of a document, instead of being thrown. */
function reported(limit: string) {
  return {
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null) =>
        context?.reportError(new GraphQLError(`The document has more than ${limit}.`)),
    ],
  };
}

/** What one document may ask: tokens, depth (introspection aside), aliases and directives. */
export function limits(): Plugin[] {
  return [
    {
      onParse: ({ setParseFn }) =>
        setParseFn((source, options) => parse(source, { ...options, maxTokens: MAX_TOKENS })),
    },
    {
      onValidate({ addValidationRule }) {
        addValidationRule(
          maxDepthRule({ n: MAX_DEPTH, flattenFragments: true, ...reported(`${MAX_DEPTH} levels`) }),
        );
        addValidationRule(maxAliasesRule({ n: MAX_ALIASES, ...reported(`${MAX_ALIASES} aliases`) }));
        addValidationRule(
          maxDirectivesRule({ n: MAX_DIRECTIVES, ...reported(`${MAX_DIRECTIVES} directives`) }),
        );
      },
    },
  ];
}
