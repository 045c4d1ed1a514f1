import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Makes schema.graphql the released one, which later changes are judged by, and what was declared to break history.
 * Part of a release, together with its tag.
 */

copyFileSync(
  join(import.meta.dirname, '../../schema.graphql'),
  join(import.meta.dirname, 'released.graphql'),
);
writeFileSync(join(import.meta.dirname, 'breaking-changes.json'), '{}\n');
