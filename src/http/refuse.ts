import { GraphQLError } from 'graphql';

/** A refusal before anything ran. `message` quotes nothing of the request. */
export function refuse(status: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status } } });
}
