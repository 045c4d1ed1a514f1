import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, Lexer, parse, Source, TokenKind, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { refuse } from './refuse.ts';
import type { RequestLimits } from './request-limits.ts';

/** Brackets inside brackets, of a document and of its variables: what reads them recurses, and its stack ends. */
const MAX_NESTING = 100;

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

/** Holds documents to their limits: tokens, depth, aliases and directives. */
export function documentLimits({ maxTokens, maxDepth, maxAliases, maxDirectives }: RequestLimits): Plugin[] {
  return [
    {
      onParams({ params }) {
        if (isNestedTooDeep(params?.variables)) {
          throw refuse(400, `The variables are nested more than ${MAX_NESTING} levels deep.`);
        }
      },
      onParse: ({ setParseFn }) =>
        setParseFn((source: string | Source, options) => {
          checkNesting(typeof source === 'string' ? new Source(source) : source, maxTokens);
          return parse(source, { ...options, maxTokens });
        }),
    },
    {
      onValidate({ addValidationRule }) {
        addValidationRule(
          maxDepthRule({ n: maxDepth, flattenFragments: true, ...reported(`${maxDepth} levels`) }),
        );
        addValidationRule(
          // Its own list lets any number of __typename pass.
          maxAliasesRule({ n: maxAliases, allowList: [], ...reported(`${maxAliases} aliases`) }),
        );
        addValidationRule(
          maxDirectivesRule({ n: maxDirectives, ...reported(`${maxDirectives} directives`) }),
        );
      },
    },
  ];
}

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function checkNesting(source: Source, maxTokens: number): void {
  const lexer = new Lexer(source);
  let nesting = 0;
  for (let tokens = 0; tokens <= maxTokens; tokens += 1) {
    const { kind, start } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (OPENING.has(kind)) nesting += 1;
    if (CLOSING.has(kind)) nesting -= 1;
    if (nesting > MAX_NESTING) {
      throw new GraphQLError(`The document is nested more than ${MAX_NESTING} levels deep.`, {
        source,
        positions: [start],
      });
    }
  }
}

/** Whether a JSON value holds one more than {@link MAX_NESTING} levels down. Level by level: it must not recurse itself. */
export function isNestedTooDeep(value: unknown): boolean {
  // As most variables are.
  if (holdsNoObject(value)) return false;
  let level = [value];
  for (let depth = 0; depth <= MAX_NESTING; depth += 1) {
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

function holdsNoObject(value: unknown): boolean {
  if (typeof value !== 'object' || Array.isArray(value)) return typeof value !== 'object';
  for (const name in value) {
    const inside = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof inside === 'object' && inside !== null) return false;
  }
  return true;
}
