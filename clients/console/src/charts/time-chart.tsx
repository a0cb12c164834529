import { Box, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatDate, formatQuantity } from "../format.ts";

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** @default line */
  readonly as?: "line" | "bars" | undefined;
}

const heightPx = 220;
const halfDaySeconds = 43_200;
const colors = {
  light: { axis: "#495057", grid: "#e9ecef", series: ["#0b7285", "#d9480f", "#5f3dc4"] },
  dark: { axis: "#ced4da", grid: "#343a40", series: ["#3bc9db", "#ff922b", "#b197fc"] },
};

/** Shows values over time. A table next to it must show the same numbers as text. */
export function TimeChart(props: {
  readonly label: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** `days`: each time is a day (UTC), and the legend shows the values under the pointer. @default instants */
  readonly grain?: "days" | "instants";
  /** Draws each value as constant until the next one. */
  readonly isStepped?: boolean;
}) {
  const { label, times, series, grain = "instants", isStepped = false } = props;
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const { axis, grid, series: strokes } = colors[scheme];
    const axisOptions = { stroke: axis, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const lines = isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    const bars = uPlot.paths.bars?.({ size: [0.7, 48] });
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: heightPx,
        scales: {
          x: grain === "days" ? { range: (_chart, min, max) => [min - halfDaySeconds, max + halfDaySeconds] } : {},
          y: { range: (_chart, min, max) => [Math.min(0, min) * 1.05, Math.max(1, max) * 1.05] },
        },
        legend: { live: grain === "days" },
        cursor: { drag: { x: false, y: false } },
        axes: [grain === "days" ? { ...axisOptions, incrs: dayIncrements } : axisOptions, { ...axisOptions, size: 56 }],
        ...(grain === "days" && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC") }),
        series: [
          grain === "days" ? { label: "Day", value: (_chart, seconds) => dayShown(seconds) } : {},
          ...series.map(({ label, as = "line" }, at) => {
            const stroke = strokes[at % strokes.length];
            return {
              label,
              stroke,
              width: as === "bars" ? 0 : 2,
              paths: as === "bars" ? bars : lines,
              ...(as === "bars" && { fill: stroke }),
              points: { show: as === "line" && !isStepped && times.length < 60 },
              value: (_chart: uPlot, value: number | null) => (value === null ? "–" : formatQuantity(value)),
            };
          }),
        ],
      },
      [[...times], ...series.map(({ values }) => [...values])],
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [times, series, grain, isStepped, scheme]);
  return <Box ref={place} role="img" aria-label={label} w="100%" style={{ overflow: "hidden" }} />;
}

/** Distances between ticks, all whole days, so that no tick is within a day. */
const dayIncrements = [1, 2, 7, 14, 28, 91, 182, 365].map((dayCount) => dayCount * 2 * halfDaySeconds);
const dayShown = (seconds: number | null): string =>
  seconds === null ? "–" : formatDate(new Date(seconds * 1_000).toISOString());
