const paths = {
  catalogue: "M4 5h16M4 12h16M4 19h10",
  movements: "M7 4v16m0 0-3-3m3 3 3-3M17 20V4m0 0-3 3m3-3 3 3",
  reports: "M5 20V10m7 10V4m7 16v-7",
  operations: "M3 12h4l3 8 4-16 3 8h4",
  light:
    "M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8",
  dark: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10",
  leave: "M15 4h4v16h-4M10 8l-4 4 4 4m-4-4h10",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14m5 12 4 4",
  download: "M12 4v11m0 0-4-4m4 4 4-4M5 20h14",
  remove: "M6 6l12 12M18 6 6 18",
} as const;

export type IconName = keyof typeof paths;

/** A decorative icon: use it next to text, or in a button with an `aria-label`. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" fill="none" stroke="currentColor">
      <path d={paths[name]} strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
