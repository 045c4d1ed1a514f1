import { parse, visit } from 'graphql';

/**
 * Has ESLint leave out what a schema is allowed to do.
 *
 * @param {Record<string, Record<string, string>>} exceptions by rule and by place (`Type`, `Type.field`, or either
 *   with a `*` in front), the reason
 */
export function withExceptions(exceptions) {
  let text = '';
  return {
    meta: { name: 'schema-exceptions', version: '1' },
    preprocess(given) {
      text = given;
      return [given];
    },
    postprocess([messages = []]) {
      const places = placesByLine(text);
      const unused = new Set(
        Object.entries(exceptions).flatMap(([rule, byPlace]) =>
          Object.keys(byPlace).map((place) => `${rule} at ${place}`),
        ),
      );
      const left = messages.filter(({ ruleId, line }) => {
        const rule = (ruleId ?? '').replace('@graphql-eslint/', '');
        const place = Object.keys(exceptions[rule] ?? {}).find((one) => isAt(one, places.get(line) ?? ''));
        unused.delete(`${rule} at ${place}`);
        return place === undefined;
      });
      const needless = [...unused].map((what) => ({
        ruleId: 'schema-exceptions',
        severity: 2,
        line: 1,
        column: 1,
        message: `Nothing needs the exception of ${what} any more.`,
      }));
      return [...left, ...needless];
    },
  };
}

function isAt(exception, place) {
  return exception.startsWith('*') ? place.endsWith(exception.slice(1)) : place === exception;
}

/** The type or the field whose name or type stands on a line. */
function placesByLine(text) {
  const places = new Map();
  let type = '';
  const mark = ({ name, type: of }, place) => {
    for (const { loc } of [name, of].filter((node) => node?.loc !== undefined)) {
      places.set(loc.startToken.line, place);
    }
  };
  visit(parse(text), {
    enter(node) {
      if (node.kind.endsWith('TypeDefinition')) {
        type = node.name.value;
        mark(node, type);
      }
      if (node.kind === 'FieldDefinition') mark(node, `${type}.${node.name.value}`);
    },
  });
  return places;
}
