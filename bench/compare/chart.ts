/** Bars in groups. */
export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  readonly groups: readonly string[];
  readonly series: readonly {
    readonly name: string;
    /** Of each group; undefined where there is none. */
    readonly values: readonly (number | undefined)[];
    readonly isOurs: boolean;
  }[];
  /** A line across at this value. */
  readonly mark: number;
}

/** Points joined by lines, both axes logarithmic. */
export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
}

const WIDTH = 960;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 16;
const TOP = 72;
const BOTTOM = 96;
const PLOT = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };
/** Told apart in print and by eyes that see fewer colours. */
const COLOURS = [
  '#9aa5b1',
  '#5f6b7a',
  '#0072b2',
  '#56b4e9',
  '#e69f00',
  '#cc79a7',
  '#d55e00',
  '#8c6d31',
  '#7b61a8',
];

/** Draws the bars as a whole SVG document. */
export function barChart({ title, subtitle, groups, series, mark }: BarChart): string {
  const highest = Math.max(mark, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const top = niceCeiling(highest);
  const y = (value: number) => TOP + PLOT.height * (1 - value / top);
  const groupWidth = PLOT.width / Math.max(1, groups.length);
  const barWidth = (groupWidth * 0.84) / Math.max(1, series.length);
  const bars = series.flatMap(({ name, values, isOurs }, index) =>
    values.flatMap((value, group) => {
      if (value === undefined) return [];
      const x = LEFT + group * groupWidth + groupWidth * 0.08 + index * barWidth;
      const outline = isOurs ? ' stroke="#003f66" stroke-width="1.5"' : '';
      const label = `${name}, ${groups[group] ?? ''}: ${value.toFixed(2)}`;
      return `<rect x="${round(x)}" y="${round(y(value))}" width="${round(barWidth * 0.92)}" height="${round(TOP + PLOT.height - y(value))}" fill="${colourOf(index)}"${outline}><title>${escapeXml(label)}</title></rect>`;
    }),
  );
  const ticks = Array.from({ length: 5 }, (_, index) => (top * index) / 4);
  const axis = ticks.map((tick) => horizontal(y(tick), tick.toFixed(2), '#e3e7eb'));
  const names = groups.map((group, index) =>
    text(LEFT + (index + 0.5) * groupWidth, TOP + PLOT.height + 18, group, 'middle'),
  );
  return svgOf(title, subtitle, [
    ...axis,
    ...bars,
    horizontal(y(mark), '', '#222'),
    ...names,
    ...legend(series.map(({ name }) => name)),
  ]);
}

/** Draws the lines as a whole SVG document. */
export function lineChart({ title, subtitle, xLabel, yLabel, series }: LineChart): string {
  const points = series.flatMap((one) => one.points);
  const x = logScale(
    points.map((point) => point.x),
    LEFT,
    LEFT + PLOT.width,
  );
  const y = logScale(
    points.map((point) => point.y),
    TOP + PLOT.height,
    TOP,
  );
  const lines = series.map(({ name, points: own }, index) => {
    const places = own.map((point) => `${round(x.place(point.x))},${round(y.place(point.y))}`);
    const dots = places.map((place) => {
      const [cx, cy] = place.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colourOf(index + 2)}"/>`;
    });
    return `<g><title>${escapeXml(name)}</title><polyline points="${places.join(' ')}" fill="none" stroke="${colourOf(index + 2)}" stroke-width="2"/>${dots.join('')}</g>`;
  });
  return svgOf(title, subtitle, [
    ...y.ticks.map((tick) => horizontal(y.place(tick), String(tick), '#e3e7eb')),
    ...x.ticks.map((tick) =>
      text(x.place(tick), TOP + PLOT.height + 18, tick.toLocaleString('en-GB'), 'middle'),
    ),
    ...lines,
    text(LEFT + PLOT.width / 2, TOP + PLOT.height + 36, xLabel, 'middle'),
    text(8, TOP - 10, yLabel, 'start'),
    ...legend(
      series.map(({ name }) => name),
      2,
    ),
  ]);
}

function svgOf(title: string, subtitle: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="8" y="24" font-size="16" font-weight="600" fill="#222">${escapeXml(title)}</text>`,
    text(8, 44, subtitle, 'start'),
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

function legend(names: readonly string[], firstColour = 0): readonly string[] {
  const columns = Math.min(3, Math.max(1, names.length));
  return names.flatMap((name, index) => {
    const x = LEFT + (index % columns) * (PLOT.width / columns);
    const y = HEIGHT - BOTTOM + 52 + Math.floor(index / columns) * 16;
    return [
      `<rect x="${round(x)}" y="${y - 9}" width="10" height="10" fill="${colourOf(index + firstColour)}"/>`,
      text(x + 15, y, name, 'start'),
    ];
  });
}

function horizontal(y: number, label: string, colour: string): string {
  const line = `<line x1="${LEFT}" x2="${LEFT + PLOT.width}" y1="${round(y)}" y2="${round(y)}" stroke="${colour}"/>`;
  return label === '' ? line : `${line}${text(LEFT - 6, y + 4, label, 'end')}`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#444">${escapeXml(content)}</text>`;
}

/** Powers of ten around the values, and where each value lies between two ends. */
function logScale(values: readonly number[], from: number, to: number) {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => Number(`1e${low + index}`)),
    place: (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  };
}

/** The next of 1, 2, 4, 5 or 10 times a power of ten. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return ([1, 1.2, 1.6, 2, 3, 4, 5, 8].find((step) => step * power >= value) ?? 10) * power;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escapeXml(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
