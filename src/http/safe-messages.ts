import {
  type ArgumentNode,
  type ASTVisitor,
  coerceInputValue,
  type DefinitionNode,
  type ExecutionArgs,
  GraphQLError,
  GraphQLID,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isInputType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  type ObjectFieldNode,
  type OperationDefinitionNode,
  specifiedRules,
  typeFromAST,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  type VariableDefinitionNode,
  validate,
  visitInParallel,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ROUNDED, ScalarFault } from '../builder.ts';
import { roundedPlaces } from '../execution/variables.ts';
import { refuse } from './refuse.ts';

/*
 * graphql-js quotes the values it refuses, in validation as in coercion: `Variable "$input" got invalid value
 * {… apiKey: "sk-…" }`. Here these messages are built anew from the path and the type, without the value.
 */

/** Faults that are told of one request. */
const MAX_FAULTS = 50;

/** All that a request may hold. */
const PARAMETERS = ['query', 'documentId', 'variables', 'operationName', 'extensions'];

const REQUEST_FAULT = { code: 'BAD_USER_INPUT', http: { spec: true, status: 400 } };

/** Keeps values out of validation and coercion messages. */
export function useSafeMessages(): Plugin {
  const rules = specifiedRules.map((rule) => (rule === ValuesOfCorrectTypeRule ? valuesWithoutQuotes : rule));
  return {
    onParams({ params }) {
      // Items of a batch are of any type, and the plugins behind this one read their properties.
      if (typeof params !== 'object' || params === null || Array.isArray(params)) {
        throw refuse(400, 'Each operation of a batch must be a JSON object.');
      }
      // Yoga would quote the name.
      const given = Object.entries(params);
      if (given.some(([name, value]) => value !== null && !PARAMETERS.includes(name))) {
        throw refuse(400, `The request has a parameter that is none of ${PARAMETERS.join(', ')}.`);
      }
    },
    onValidate({ setValidationFn }) {
      setValidationFn(
        (schema, document, given: readonly ValidationRule[] = specifiedRules, options, typeInfo) => {
          // Some of those that plugins add are graphql-js's own over again.
          const added = given.filter(({ name }) => !specifiedRules.some((own) => own.name === name));
          const errors = validate(schema, document, [...rules, ...added], options, typeInfo);
          return errors.map(
            ({ message, nodes }) =>
              new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...REQUEST_FAULT } }),
          );
        },
      );
    },
    onExecute({ args, setResultAndStopExecution }) {
      const errors = variableErrors(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = variableErrors(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}

/** What is wrong with the variables of the operation that is to run. */
function variableErrors({
  schema,
  document,
  operationName,
  variableValues,
}: ExecutionArgs): readonly GraphQLError[] {
  const definitions: readonly DefinitionNode[] = document.definitions;
  const operation = definitions.find(
    (definition: DefinitionNode): definition is OperationDefinitionNode =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || operationName === null || definition.name?.value === operationName),
  );
  const faults = (operation?.variableDefinitions ?? []).flatMap((definition) => {
    const type = typeFromAST(schema, definition.type);
    const name = definition.variable.name.value;
    if (!isInputType(type)) return [];
    const values = variableValues ?? {};
    const isGiven = Object.hasOwn(values, name);
    if (!isGiven && definition.defaultValue !== undefined) return [];
    return variableFaults(name, type, isGiven ? values[name] : undefined).map(
      (message) => new GraphQLError(message, { nodes: definition, extensions: { ...REQUEST_FAULT } }),
    );
  });
  return faults.slice(0, MAX_FAULTS);
}

function variableFaults(name: string, type: GraphQLInputType, value: unknown): readonly string[] {
  if (value === undefined) {
    return isNonNullType(type) ? [`Variable $${name} of type ${type} must be given.`] : [];
  }
  const faults: string[] = [];
  coerceInputValue(value, type, (path, invalid, error) => {
    const at = [`$${name}`, ...path].join('.');
    faults.push(...faultsAt(at, typeAt(type, path), invalid, error));
  });
  for (const place of faults.length === 0 ? roundedPlaces(value) : []) {
    const at = typeAt(type, place);
    // graphql-js takes a number for an id, and whatever is left of it.
    if (at === undefined || getNamedType(at) !== GraphQLID) continue;
    faults.push(`The value at ${[`$${name}`, ...place].join('.')} is not a valid ${at}. ${ROUNDED}`);
  }
  // An object with two missing fields is told of once for each of them.
  return [...new Set(faults)];
}

function faultsAt(
  at: string,
  type: GraphQLInputType | undefined,
  value: unknown,
  error: GraphQLError,
): readonly string[] {
  const named = type === undefined ? undefined : getNamedType(type);
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`The value at ${at} is not a valid ${type ?? 'value'}.${reasonOf(error)}`];
  }
  const fields = named.getFields();
  const missing = Object.values(fields)
    .filter((field) => isRequiredInputField(field) && !Object.hasOwn(value, field.name))
    .map((field) => `The field ${field.name} of type ${field.type} is missing at ${at}.`);
  const unknown = Object.keys(value).some((name) => fields[name] === undefined)
    ? [`The value at ${at} has a field that ${named.name} does not have.`]
    : [];
  return [...missing, ...unknown];
}

/** What the scalar has to say, behind what is said of every value. */
function reasonOf({ originalError }: GraphQLError): string {
  return originalError instanceof ScalarFault ? ` ${originalError.message}` : '';
}

function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType | undefined {
  return path.reduce<GraphQLInputType | undefined>((at, part) => {
    if (at === undefined) return undefined;
    const inner = isNonNullType(at) ? at.ofType : at;
    if (typeof part === 'number') return 'ofType' in inner ? (inner.ofType as GraphQLInputType) : undefined;
    return isInputObjectType(inner) ? inner.getFields()[part]?.type : undefined;
  }, type);
}

function valuesWithoutQuotes(context: ValidationContext): ASTVisitor {
  const names: string[] = [];
  const reportError = (error: GraphQLError) => {
    const node = error.nodes?.[0];
    const type = context.getInputType();
    const named = type === undefined || type === null ? undefined : getNamedType(type);
    const message =
      node?.kind === Kind.OBJECT && isInputObjectType(named)
        ? `A value of type ${named.name} lacks a required field or is no ${named.name}: it needs ${requiredFields(named)}.`
        : node?.kind === Kind.OBJECT_FIELD
          ? `The field ${node.name.value} is not defined by its type.`
          : `The value${names.length === 0 ? '' : ` at ${names.join('.')}`} is not a valid ${type ?? 'value'}.${reasonOf(error)}`;
    context.reportError(new GraphQLError(message, { nodes: error.nodes ?? null }));
  };
  const quiet = new Proxy(context, {
    get: (target, name) => {
      if (name === 'reportError') return reportError;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return visitInParallel([namesInto(names), ValuesOfCorrectTypeRule(quiet)]);
}

/** Keeps the way to where a visit stands: the argument, or variable with a default, and the fields inside. */
function namesInto(names: string[]): ASTVisitor {
  const leave = () => {
    names.pop();
  };
  const named = {
    enter({ name }: ArgumentNode | ObjectFieldNode) {
      names.push(name.value);
    },
    leave,
  };
  const variable = {
    enter(node: VariableDefinitionNode) {
      names.push(`$${node.variable.name.value}`);
    },
    leave,
  };
  return { Argument: named, ObjectField: named, VariableDefinition: variable };
}

function requiredFields(type: { getFields(): Record<string, Parameters<typeof isRequiredInputField>[0]> }) {
  return Object.values(type.getFields())
    .filter(isRequiredInputField)
    .map((field) => field.name)
    .join(', ');
}
