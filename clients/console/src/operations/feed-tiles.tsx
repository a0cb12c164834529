import type { OperationsState } from "@holdfast/sdk";
import { Text } from "@mantine/core";
import { formatAge, formatInstant, formatQuantity } from "../format.ts";
import { Tile } from "../shell/tile.tsx";

/** The maximum time, in normal operation, until a change is in SQL. */
const lagSecondsPromised = 30;

/** Shows up to which time SQL has all changes, and its lag. */
export function FeedTile({ state }: { readonly state: OperationsState | undefined }) {
  const title = "Feed to SQL";
  if (state === undefined) return <Tile title={title} value="…" />;
  if (state.feeds === null) return <Tile title={title} value="–" about="The database does not answer" />;
  const [feed] = state.feeds;
  if (feed === undefined) return <Tile title={title} value="–" about="No change has come yet" />;
  const reach = `Changes up to ${formatInstant(feed.asOf)}`;
  if (feed.lagSeconds === null) {
    return (
      <Tile
        title={title}
        value="At rest"
        about={`${reach}, written ${formatAge(feed.movedAt, Date.parse(state.asOf))}`}
      />
    );
  }
  const seconds = `${formatQuantity(Math.round(feed.lagSeconds * 10) / 10)} s`;
  const isLate = feed.lagSeconds > lagSecondsPromised;
  return <Tile title={title} value={<Judged isBad={isLate}>{seconds}</Judged>} about={`Behind. ${reach}`} />;
}

/** Shows the number of versions that are missing in the ledger. */
export function GapTile({ state }: { readonly state: OperationsState | undefined }) {
  const title = "Gaps in the ledger";
  if (state === undefined) return <Tile title={title} value="…" />;
  if (state.gaps === null) return <Tile title={title} value="–" about="The database does not answer" />;
  const { open, oldestAt } = state.gaps;
  const about =
    oldestAt === null ? "Every change has arrived" : `Oldest ${formatAge(oldestAt, Date.parse(state.asOf))}`;
  return <Tile title={title} value={<Judged isBad={open > 0}>{formatQuantity(open)}</Judged>} about={about} />;
}

function Judged({ isBad, children }: { readonly isBad: boolean; readonly children: string }) {
  return (
    <Text inherit span c={isBad ? "var(--mantine-color-error)" : undefined}>
      {children}
    </Text>
  );
}
