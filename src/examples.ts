/** A query to begin with: a tab of GraphiQL, and a part of the README. Each runs against the sandbox as it is. */
export interface Example {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Shown by GraphiQL in this order. */
export const examples: readonly Example[] = [
  {
    query: /* GraphQL */ `# Models of the Model Router, a page at a time.
query Models {
  models(first: 5, filter: { category: "Chat" }) {
    totalCount
    nodes {
      name
      modelCode
      vendor
      maxInputTokens
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  },
  {
    query: /* GraphQL */ `# One query over the three backends, and how each of them is.
query Overview {
  models(first: 2) {
    totalCount
    nodes {
      name
      modelCode
      maxInputTokens
    }
  }
  paiModels(first: 2) {
    totalCount
    nodes {
      name
      category
      parameterSize
    }
  }
  modelServices(first: 2) {
    totalCount
    nodes {
      name
      protocol
      inputCostPointsPerMillion
      gateway {
        description
      }
    }
  }
  sources {
    source
    healthy
  }
}
`,
  },
  {
    query: /* GraphQL */ `# Services of every AI gateway, in gateway order, with the gateway each belongs to.
query Services {
  modelServices(first: 5) {
    nodes {
      id
      name
      protocol
      status
      inputCostPointsPerMillion
      gateway {
        description
        endpoints {
          address
          port
        }
      }
    }
  }
}
`,
  },
  {
    query: /* GraphQL */ `# The three backends as one list, by name. A source that fails is told in sources and hides no other.
query Catalog {
  catalog(
    first: 6
    filter: { text: "coder" }
    orderBy: { field: NAME, direction: ASC }
  ) {
    totalCount
    sources {
      source
      totalCount
      error {
        code
      }
    }
    nodes {
      __typename
      name
      vendor
    }
    pageInfo {
      hasNextPage
    }
  }
}
`,
  },
  {
    query: /* GraphQL */ `# A model of the router, the gateway services that serve it, and why each of them matched.
query WhoServes {
  model(sourceId: "2") {
    name
    modelCode
    modelServices(first: 3) {
      totalCount
      edges {
        matchedBy
        node {
          name
          gateway {
            description
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: /* GraphQL */ `# The next page: give $after the endCursor of the one before.
query NextPage($first: Int!, $after: String) {
  paiModels(first: $first, after: $after) {
    edges {
      cursor
      node {
        name
        task
        parameterSize
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: { first: 3, after: null },
  },
  {
    query: /* GraphQL */ `# Whatever has a global id can be asked for by it. The services go in one upstream call: see its keys.
query ByIds($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
    ... on ModelService {
      name
      status
    }
    ... on Model {
      name
      isEnabled
    }
  }
}
`,
    variables: {
      ids: [
        'TW9kZWw6MQ',
        'TW9kZWxTZXJ2aWNlOmNuLWJlaWppbmcvcGctNjcxM3h1NzZsOTh2dTcvbXMtM3RiZDZiOTgwcmZk',
        'TW9kZWxTZXJ2aWNlOmNuLWJlaWppbmcvcGctNjcxM3h1NzZsOTh2dTcvbXMtMWJoMDdsOWdpeTRn',
      ],
    },
  },
  {
    query: /* GraphQL */ `# Models of the PAI registry with their versions and labels.
query Versions {
  paiModels(first: 3) {
    nodes {
      name
      labels {
        key
        value
      }
      versions(first: 2) {
        totalCount
        nodes {
          versionName
          approvalStatus
          uri
        }
      }
    }
  }
}
`,
  },
  {
    query: /* GraphQL */ `# What services cost. The header asks for the upstream calls that were planned and made: see extensions.cost.
query Prices {
  modelServices(first: 3) {
    nodes {
      name
      costRules(first: 2) {
        nodes {
          modelName
          inputCostPointsPerMillion
          outputCostPointsPerMillion
        }
      }
    }
  }
}
`,
    headers: { 'x-graphql-cost': '1' },
  },
  {
    query: /* GraphQL */ `# What is slow comes later: the registry's part follows when it is there.
query Deferred {
  models(first: 2) {
    nodes {
      name
    }
  }
  ... @defer(label: "registry") {
    paiModels(first: 2) {
      nodes {
        name
      }
    }
  }
}
`,
  },
  {
    query: /* GraphQL */ `# Adds a model to the Model Router. Errors are members of the result.
mutation CreateModel($input: CreateModelInput!) {
  createModel(input: $input) {
    __typename
    ... on CreateModelSuccess {
      outcome
      model {
        id
        name
        maxInputTokens
        apiKeyPreview
      }
    }
    ... on GatewayInvalidInputError {
      fieldErrors {
        path
        message
      }
    }
    ... on GatewayError {
      code
      message
    }
  }
}
`,
    variables: {
      input: {
        name: 'My Qwen',
        modelCode: 'my-qwen',
        vendor: 'alibaba',
        category: 'Chat',
        tags: ['chat', 'NLP'],
        baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
        apiKey: 'not-a-real-key-0123456789',
        maxInputLength: '32K',
      },
    },
  },
  {
    query: /* GraphQL */ `# What mutations change, as it happens: leave it running, and run CreateModel in another window.
subscription Live {
  catalogEvents {
    kind
    source
    typeName
    nodeId
  }
}
`,
  },
];
