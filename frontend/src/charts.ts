// The charts island. A figure [data-chart] names a <script type="application/json"> that holds a Spec; the table
// behind the chart comes from the server, so nothing is lost without this script.
import { BarChart, HeatmapChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { shapes } from "./shapes";

use([
  BarChart, HeatmapChart, LineChart, SankeyChart, GridComponent, TooltipComponent, VisualMapComponent,
  LabelLayout, SVGRenderer,
]);

export type Series = { name: string; data: (number | null)[]; type?: "bar" | "line"; axis?: number; stack?: string; colour?: string };
export type Spec = {
  kind: "time" | "across" | "funnel" | "heat" | "flow";
  labels: string[];
  titles?: string[];
  series: Series[];
  axes: { name: string; format: "number" | "money" | "percent"; currency?: string; symbol?: string; digits?: number }[];
  colours?: string[];
  links?: { source: string; target: string; value: number }[]; // of a flow
  nodes?: { name: string; colour: string }[]; // of a flow, from top to bottom
  drills?: string[][]; // of each row, for each series: the key of the members behind it, empty where nobody is
  keyed?: boolean; // the names of lines are too long for their ends: they stand above
  running?: string; // what the last period is called that is not over yet: drawn as an outline
};

const drawn = new Map<HTMLElement, EChartsType>();

function palette(): Record<string, string> {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read("--chart-text"), grid: read("--chart-grid"), surface: read("--chart-surface"),
    c0: read("--chart-0"), c1: read("--chart-1"), c2: read("--chart-2"), c3: read("--chart-3"), c4: read("--chart-4"),
  };
}

// Plain numbers of one chart have the same decimals: none, or one where they are averages.
function parts(spec: Spec): number {
  return (spec.series ?? []).some((one) => one.data.some((value) => value !== null && !Number.isInteger(value))) ? 1 : 0;
}

// Shares that come near all of it are drawn up to 100%, not to some round number above.
function fills(spec: Spec): boolean {
  const values = (spec.series ?? []).flatMap((one) => one.data.map((value) => value ?? 0));
  return values.every((value) => value >= 0 && value <= 1) && values.some((value) => value > 0.75);
}

export function formatter(spec: Spec, axis: number, compact: boolean): (value: number) => string {
  const { format, currency, symbol, digits } = spec.axes[axis] ?? { format: "number" };
  const options: Intl.NumberFormatOptions = compact
    ? { notation: "compact", maximumFractionDigits: 1, useGrouping: true }
    : format === "money" ? { maximumFractionDigits: digits ?? 2 }
      : { minimumFractionDigits: parts(spec), maximumFractionDigits: parts(spec) };
  if (format === "percent") Object.assign(options, { style: "percent", notation: "standard", minimumFractionDigits: 0, maximumFractionDigits: compact ? 0 : 1 });
  if (format === "money" && currency) Object.assign(options, { style: "currency", currency, currencyDisplay: "symbol" });
  const format_ = new Intl.NumberFormat(document.documentElement.lang, options);
  return (value) => format_.formatToParts(value).map((part) => sign(part, symbol)).join("");
}

// A figure as the server writes it: one minus sign everywhere, and its sign of the currency.
function sign(part: Intl.NumberFormatPart, symbol: string | undefined): string {
  return part.type === "minusSign" ? "−" : part.type === "currency" ? (symbol ?? part.value) : part.value;
}

export function escape(text: string): string {
  const node = document.createElement("i");
  node.textContent = text;
  return node.innerHTML;
}

function tooltip(spec: Spec, index: number): string {
  const lines = spec.series.map((one) => {
    const value = one.data[index];
    const shown = value === null || value === undefined ? "–" : formatter(spec, one.axis ?? 0, false)(value);
    return `<div class="chart-tip"><span>${escape(one.name)}</span><b>${escape(shown)}</b></div>`;
  });
  const title = spec.titles?.[index] ?? spec.labels[index] ?? "";
  const running = spec.running && index === spec.labels.length - 1 ? ` · ${spec.running}` : "";
  return `<div class="chart-tip-title">${escape(title + running)}</div>${lines.join("")}`;
}

// A bar that is still growing: its outline alone.
function outline(colour: string | undefined): Record<string, unknown> {
  return { color: "transparent", borderColor: colour, borderWidth: 1, borderType: [3, 2] };
}

function seriesOf(spec: Spec, colours: Record<string, string>): Record<string, unknown>[] {
  const across = spec.kind === "across";
  return spec.series.map((one, order) => {
    const colour = one.colour ?? colours[`c${order % 5}`];
    const line = one.type === "line";
    const axis = one.axis ?? 0;
    return {
      name: one.name,
      type: line ? "line" : "bar",
      stack: one.stack,
      data: one.data.map((value, index) =>
        spec.colours ? { value, itemStyle: { color: spec.colours[index] || colour } }
          : spec.running && index === one.data.length - 1 ? { value, itemStyle: outline(colour) } : value),
      [across ? "xAxisIndex" : "yAxisIndex"]: axis,
      itemStyle: { color: colour, borderRadius: line || one.stack ? 0 : across ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      lineStyle: { width: 2 },
      symbol: one.data.length > 1 ? "none" : "circle",
      barMaxWidth: across ? 22 : 26,
      barMinHeight: 0,
      cursor: spec.drills ? "pointer" : "default",
      label: {
        show: across,
        position: "right",
        color: colours.text,
        formatter: (point: { value: number }) => formatter(spec, axis, false)(point.value),
      },
      endLabel: { show: line && !spec.keyed, formatter: one.name, color: colour, distance: 10 },
      labelLayout: { moveOverlap: "shiftY" },
      emphasis: { disabled: true },
    };
  });
}

function option(spec: Spec, width: number): Record<string, unknown> {
  const colours = palette();
  const across = spec.kind === "across";
  const narrow = width < 480;
  const category = {
    type: "category", data: spec.labels, inverse: across,
    axisTick: { show: false }, axisLine: { lineStyle: { color: colours.grid } },
    axisLabel: { color: colours.text, hideOverlap: true },
  };
  const values = spec.axes.map((axis, order) => ({
    type: "value", splitNumber: 3,
    ...(axis.format === "percent" && !across && fills(spec) ? { max: 1, interval: 0.25 } : {}),
    name: across ? "" : axis.name, nameTextStyle: { color: colours.text, align: order ? "right" : "left" },
    splitLine: { show: !across && order === 0, lineStyle: { color: colours.grid } },
    axisLabel: { show: !across, color: colours.text, formatter: formatter(spec, order, true) },
  }));
  const named = !spec.keyed && spec.series.some((one) => one.type === "line") && spec.axes.length === 1;
  return {
    animation: false,
    grid: { left: 4, right: across ? (spec.axes[0]?.format === "money" ? 84 : 64) : named ? (narrow ? 58 : 72) : 8, top: across ? 4 : 32, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis", axisPointer: { type: "shadow" }, confine: true, appendTo: "body",
      backgroundColor: colours.surface, borderColor: colours.grid, textStyle: { color: colours.text, fontSize: 13 },
      formatter: (points: { dataIndex: number }[]) => tooltip(spec, points[0]?.dataIndex ?? 0),
    },
    xAxis: across ? values : category,
    yAxis: across ? category : values,
    series: seriesOf(spec, colours),
  };
}

// Where a click on a bar, a step or a cell leads: to the members behind it, as the same cell of the table does.
function target(figure: HTMLElement, spec: Spec, point: { seriesIndex?: number; dataIndex?: number; value?: unknown }): string {
  const cell = spec.kind === "heat" && Array.isArray(point.value) ? (point.value as number[]) : undefined;
  const [column, row] = cell ?? [spec.kind === "funnel" ? 0 : point.seriesIndex, point.dataIndex];
  const key = spec.drills?.[row ?? -1]?.[column ?? -1];
  return key && figure.dataset.members ? figure.dataset.members + encodeURIComponent(key) : "";
}

function render(figure: HTMLElement): void {
  const source = document.getElementById(figure.dataset.chart ?? "");
  if (!source?.textContent) return;
  const spec = JSON.parse(source.textContent) as Spec;
  const chart = drawn.get(figure) ?? init(figure, undefined, { renderer: "svg" });
  drawn.set(figure, chart);
  chart.off("click");
  if (spec.drills) {
    chart.on("click", (point) => {
      const address = target(figure, spec, point);
      if (address) location.assign(address);
    });
  }
  const shape = shapes[spec.kind];
  chart.setOption(shape ? shape(spec, palette(), figure.clientWidth) : option(spec, figure.clientWidth), true);
}

function renderAll(): void {
  for (const figure of drawn.keys()) {
    if (!figure.isConnected) {
      drawn.get(figure)?.dispose();
      drawn.delete(figure);
    } else {
      render(figure);
    }
  }
}

let listening = false;

export function draw(): void {
  for (const figure of document.querySelectorAll<HTMLElement>("[data-chart]")) if (!drawn.has(figure)) render(figure);
  if (listening) return;
  listening = true;
  document.addEventListener("theme:changed", renderAll);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      for (const chart of drawn.values()) chart.resize();
      renderAll();
    }, 120);
  });
}
