export { type Connections, createConnections } from "./connections.ts";
export { hasExpired, holderOf, viewOf } from "./holder.ts";
export type { ConnectionRecord, Holder, SubscriptionRecord, View } from "./records.ts";
export { createSockets, postCountMax, type Sockets } from "./sockets.ts";
export { createSubscribers, type Subscribers } from "./subscribers.ts";
export { connectionsTable } from "./table-ports.ts";
export { createTickets, type Tickets } from "./tickets.ts";
