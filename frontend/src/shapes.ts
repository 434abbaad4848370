// Charts other than bars and lines over an axis: a funnel, a heat map, flows from left to right.
import { escape, formatter, type Spec } from "./charts";

type Colours = Record<string, string>;
type Shape = (spec: Spec, colours: Colours, width: number) => Record<string, unknown>;

function tip(colours: Colours, say: (point: { name: string; value: unknown; data: unknown; dataIndex: number }) => string): Record<string, unknown> {
  return {
    trigger: "item", confine: true, appendTo: "body", backgroundColor: colours.surface, borderColor: colours.grid,
    textStyle: { color: colours.text, fontSize: 13 }, formatter: say,
  };
}

function line(name: string, value: string): string {
  return `<div class="chart-tip"><span>${escape(name)}</span><b>${escape(value)}</b></div>`;
}

// Bars from the middle, each as wide as its share of the first, with its share of the one before.
const funnel: Shape = (spec, colours, width) => {
  const values = (spec.series[0]?.data ?? []).map((value) => value ?? 0);
  const count = formatter(spec, 0, false);
  const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
  const narrow = width < 480;
  const label = (index: number): string => {
    const before = index ? values[index - 1] : 0;
    const kept = before ? `  {quiet|${share.format((values[index] ?? 0) / before)}}` : "";
    return `{name|${spec.labels[index] ?? ""}}  ${count(values[index] ?? 0)}${kept}`;
  };
  return {
    animation: false,
    grid: { left: narrow ? 4 : "6%", right: narrow ? 4 : "6%", top: 20, bottom: 0 },
    tooltip: tip(colours, (point) => line(spec.labels[point.dataIndex] ?? "", count(values[point.dataIndex] ?? 0))),
    xAxis: { type: "value", show: false, min: -Math.max(...values, 1), max: Math.max(...values, 1) },
    yAxis: { type: "category", show: false, inverse: true, data: spec.labels },
    series: [-1, 1].map((side) => ({
      type: "bar", stack: "step", barCategoryGap: "46%", cursor: spec.drills ? "pointer" : "default", itemStyle: { color: colours.c0 }, emphasis: { disabled: true },
      data: values.map((value) => (side * value)),
      label: side > 0 ? { show: false } : {
        show: true, position: [0, -19], align: "left", color: colours.text,
        formatter: (point: { dataIndex: number }) => label(point.dataIndex),
        rich: { name: { fontWeight: 600, color: colours.text }, quiet: { color: colours.text, opacity: 0.75 } },
      },
    })),
  };
};

// The colour of a cell: from the page's own to the first of the chart's, as the map between them goes.
function mixed(colours: Colours, part: number): number[] {
  const from = channels(colours.surface), to = channels(colours.c0);
  return from.map((one, place) => one + ((to[place] ?? one) - one) * Math.min(Math.max(part, 0), 1));
}

// Builds shorten #ffffff to #fff.
function channels(hex = "#000000"): number[] {
  const whole = hex.length === 4 ? hex.replace(/[\da-f]/gi, "$&$&") : hex;
  return [1, 3, 5].map((at) => parseInt(whole.slice(at, at + 2), 16));
}

// Dark figures on what is bright, white ones on what is dark, by relative luminance (WCAG); between the two white reads better.
function legible(behind: number[]): string {
  const [red = 0, green = 0, blue = 0] = behind.map((one) => {
    const share = one / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.22 ? "#10171f" : "#ffffff";
}

// One row for each label, one column for each series, darker where it is more.
const heat: Shape = (spec, colours, width) => {
  const show = formatter(spec, 0, true);
  const exact = formatter(spec, 0, false);
  const cells = spec.series.flatMap((one, column) =>
    one.data.flatMap((value, row) => (value === null || value === undefined ? [] : [[column, row, value]])));
  // the first column is often everybody: shades tell the others apart
  const rest = cells.filter((cell) => (cell[0] ?? 0) > 0).map((cell) => cell[2] ?? 0);
  const top = Math.max(...(rest.length ? rest : cells.map((cell) => cell[2] ?? 0)), 0.0001);
  const axis = { axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false } };
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 26, bottom: 4, containLabel: true },
    tooltip: tip(colours, (point) => {
      const [column, row, value] = point.value as [number, number, number];
      return `<div class="chart-tip-title">${escape(spec.titles?.[row] ?? "")}</div>${line(spec.series[column]?.name ?? "", exact(value))}`;
    }),
    xAxis: { type: "category", position: "top", data: spec.series.map((one) => one.name), axisLabel: { color: colours.text, hideOverlap: true }, ...axis },
    yAxis: { type: "category", inverse: true, data: spec.labels, axisLabel: { color: colours.text, hideOverlap: true }, ...axis },
    visualMap: { show: false, min: 0, max: top, dimension: 2, inRange: { color: [colours.surface, colours.c0] } },
    series: [{
      type: "heatmap", data: cells.map((cell) => ({ value: cell, label: { color: legible(mixed(colours, (cell[2] ?? 0) / top)) } })), cursor: spec.drills ? "pointer" : "default", emphasis: { disabled: true }, itemStyle: { borderColor: colours.surface, borderWidth: 2 },
      label: { show: width / Math.max(spec.series.length, 1) > 42, fontSize: 11, formatter: (point: { value: number[] }) => show(point.value[2] ?? 0) },
    }],
  };
};

// From the names on the left to those on the right; a level is on both sides, so its two ends have names of their own.
const flow: Shape = (spec, colours, width) => {
  const links = spec.links ?? [];
  const order = (spec.nodes ?? []).map((node) => node.name);
  const placed = (names: string[]): string[] => {
    for (const name of names) if (!order.includes(name)) order.push(name);
    return [...new Set(names)].sort((one, other) => order.indexOf(one) - order.indexOf(other));
  };
  const left = placed(links.map((link) => link.source));
  const right = placed(links.map((link) => link.target));
  const sum = (end: "source" | "target", name: string): number =>
    links.filter((link) => link[end] === name).reduce((all, link) => all + link.value, 0);
  const count = formatter(spec, 0, false);
  const colour = (name: string): string => {
    const own = spec.nodes?.[order.indexOf(name)]?.colour ?? "";
    return (own.startsWith("#") ? own : colours[own]) ?? colours[`c${order.indexOf(name) % 5}`] ?? "";
  };
  const nodes = [
    ...left.map((name) => ({ name: `<${name}`, itemStyle: { color: colour(name) }, label: { position: "right" } })),
    ...right.map((name) => ({ name: `>${name}`, itemStyle: { color: colour(name) }, label: { position: "left" } })),
  ];
  const total = (name: string): string => `${name.slice(1)} ${count(sum(name.startsWith("<") ? "source" : "target", name.slice(1)))}`;
  return {
    animation: false,
    tooltip: tip(colours, (point) => {
      const link = point.data as { source?: string; target?: string; value?: number };
      return link.source ? line(`${link.source.slice(1)} → ${(link.target ?? "").slice(1)}`, count(link.value ?? 0)) : escape(total(point.name));
    }),
    series: [{
      type: "sankey", left: 4, right: 4, top: 8, bottom: 8, nodeWidth: 10, nodeGap: 17, draggable: false,
      itemStyle: { borderColor: colours.grid, borderWidth: 1 }, layoutIterations: 0, emphasis: { disabled: true }, data: nodes,
      links: links.map((link) => ({ source: `<${link.source}`, target: `>${link.target}`, value: link.value })),
      lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
      label: {
        color: colours.text, textBorderColor: colours.surface, textBorderWidth: 3, fontSize: width < 480 ? 11 : 12,
        formatter: (point: { name: string }) => total(point.name),
      },
    }],
  };
};

export const shapes: Partial<Record<Spec["kind"], Shape>> = { funnel, heat, flow };
