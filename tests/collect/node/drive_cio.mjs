// Drives the unmodified SDK as a customer's server would: node drive_cio.mjs HOST WRITE_KEY
import { Analytics } from "@customerio/cdp-analytics-node";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, path: "/in/cio/v1/batch", flushAt: 3 });
analytics.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});

const timestamp = new Date("2026-01-05T09:00:00.250Z");
const context = { groupId: "acme" };
analytics.identify({ userId: "ada", traits: { email: "ada@acme.example", role: "analyst" }, timestamp, messageId: "n1" });
analytics.group({ userId: "ada", groupId: "acme", traits: { name: "Acme", seats: 40 }, timestamp, messageId: "n2" });
analytics.track({ userId: "ada", event: "Report Exported", properties: { rows: 12, name: "Größe 📈" }, context, timestamp, messageId: "n3" });
analytics.track({ anonymousId: "visitor-1", event: "Signed Up", timestamp, messageId: "n4" });
analytics.page({ userId: "ada", category: "Docs", name: "Home", properties: { path: "/docs" }, timestamp, messageId: "n5" });
analytics.screen({ userId: "ada", name: "Inbox", timestamp, messageId: "n6" });
analytics.alias({ userId: "ada", previousId: "visitor-1", timestamp, messageId: "n7" });
await analytics.closeAndFlush();
