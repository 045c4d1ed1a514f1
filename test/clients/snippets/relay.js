import { graphql } from 'relay-runtime';

export const modelListRows = graphql`
  fragment ModelList_rows on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "ModelListPaginationQuery") {
    models(first: $first, after: $after) @connection(key: "ModelList_models") {
      __id
      edges {
        node {
          id
          name
        }
      }
    }
  }
`;

export const addModel = graphql`
  mutation AddModelMutation($input: CreateModelInput!, $connections: [ID!]!) {
    createModel(input: $input) {
      ... on CreateModelSuccess {
        model @appendNode(connections: $connections, edgeTypeName: "ModelEdge") {
          id
          name
        }
      }
      ... on GatewayError {
        message
      }
    }
  }
`;

export const dropModel = graphql`
  mutation DropModelMutation($input: DeleteModelInput!, $connections: [ID!]!) {
    deleteModel(input: $input) {
      ... on DeleteModelSuccess {
        deletedId @deleteEdge(connections: $connections)
      }
    }
  }
`;
