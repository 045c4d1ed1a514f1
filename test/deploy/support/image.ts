import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';

export const DOCKERFILE = readFileSync('Dockerfile', 'utf8');

/** One line of a Dockerfile, continuations joined, flags left out. */
export interface Instruction {
  readonly keyword: string;
  readonly text: string;
  /** The stage that `--from` names. */
  readonly from: string | undefined;
}

/** What `FROM` begins. */
export interface Stage {
  /** An image, or the name of an earlier stage. */
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of the Dockerfile, in order; the last one is the image. */
export const stages: readonly Stage[] = readStages();

/** What holds in the image. */
const image = inherited(stages.at(-1));

/** The variables that the image sets. */
export const imageEnv: Readonly<Record<string, string>> = Object.fromEntries(
  allOf('ENV')
    .flatMap(({ text }) => text.split(/\s+/))
    .map((pair) => pair.split('=', 2) as [string, string]),
);

/** The instructions of a kind that hold in the image. */
export function allOf(keyword: string): readonly Instruction[] {
  return image.filter((instruction) => instruction.keyword === keyword);
}

/** The text of the one that counts. */
export function lastOf(keyword: string): string {
  return allOf(keyword).at(-1)?.text ?? '';
}

/** What the stage of that name takes from outside; without a name, the image. */
export function copiedInto(name?: string): readonly string[] {
  return inherited(stages.find((stage) => stage.name === name))
    .filter(({ keyword, from }) => keyword === 'COPY' && from === undefined)
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
}

function readStages(): readonly Stage[] {
  const read: (Stage & { readonly instructions: Instruction[] })[] = [];
  const dockerfile = DockerfileParser.parse(DOCKERFILE);
  const copies = new Map(dockerfile.getCOPYs().map((copy) => [copy.getRange().start.line, copy]));
  for (const instruction of dockerfile.getInstructions()) {
    const text = (instruction.getArgumentsContent() ?? '').trim();
    if (instruction.getKeyword() === 'FROM') {
      const [base = '', , name] = text.split(/\s+/);
      read.push({ base, name, instructions: [] });
    } else {
      // The library's own way to it knows of no other flag beside it.
      const flags = copies.get(instruction.getRange().start.line)?.getFlags() ?? [];
      const from = flags.find((flag) => flag.getName() === 'from')?.getValue() ?? undefined;
      read.at(-1)?.instructions.push({ keyword: instruction.getKeyword(), text, from });
    }
  }
  return read;
}

/** The instructions of a stage, behind those of the stages that it stands on. */
function inherited(stage: Stage | undefined): readonly Instruction[] {
  if (stage === undefined) return [];
  return [...inherited(stages.find(({ name }) => name === stage.base)), ...stage.instructions];
}
