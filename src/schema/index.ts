import './node.ts';
import './model.ts';
import './pai-model.ts';
import './ai-gateway.ts';
import './model-service.ts';
import './sources.ts';
import type { GraphQLSchema } from 'graphql';
import { builder } from '../builder.ts';

/** The graph. */
export const schema: GraphQLSchema = builder.toSchema();
