import { Box, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

const HEIGHT_PX = 200;
const colors = {
  light: { axis: "#495057", grid: "#e9ecef", series: ["#0b7285", "#d9480f", "#5f3dc4"] },
  dark: { axis: "#ced4da", grid: "#343a40", series: ["#3bc9db", "#ff922b", "#b197fc"] },
};

/** Values over time; the table beside it holds the same numbers as text. */
export function TimeChart(props: {
  readonly label: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** A value stays until the next one. */
  readonly isStepped?: boolean;
}) {
  const { label, times, series, isStepped = false } = props;
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const { axis, grid, series: strokes } = colors[scheme];
    const axisOptions = { stroke: axis, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const paths = isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        scales: { y: { range: (_chart, min, max) => [Math.min(0, min), Math.max(1, max) * 1.05] } },
        legend: { live: false },
        axes: [axisOptions, { ...axisOptions, size: 56 }],
        series: [
          {},
          ...series.map(({ label }, at) => ({
            ...{ label, stroke: strokes[at % strokes.length], width: 2, paths },
            points: { show: !isStepped },
          })),
        ],
      },
      [[...times], ...series.map(({ values }) => [...values])],
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [times, series, isStepped, scheme]);
  return <Box ref={place} role="img" aria-label={label} w="100%" style={{ overflow: "hidden" }} />;
}
