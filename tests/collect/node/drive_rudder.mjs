// Drives the unmodified SDK as a customer's server would: node drive_rudder.mjs HOST WRITE_KEY
import { createRequire } from "node:module";

const Analytics = createRequire(import.meta.url)("@rudderstack/rudder-sdk-node");
const [host, writeKey] = process.argv.slice(2);
const failed = (error) => {
  console.error(error);
  process.exitCode = 1;
};
const client = new Analytics(writeKey, { dataPlaneUrl: host, flushAt: 3, errorHandler: failed });

const timestamp = new Date("2026-01-05T09:00:00.250Z");
const context = { groupId: "acme" };
client.identify({ userId: "ada", traits: { email: "ada@acme.example", role: "analyst" }, timestamp, messageId: "n1" });
client.group({ userId: "ada", groupId: "acme", traits: { name: "Acme", seats: 40 }, timestamp, messageId: "n2" });
client.track({ userId: "ada", event: "Report Exported", properties: { rows: 12, name: "Größe 📈" }, context, timestamp, messageId: "n3" });
client.track({ anonymousId: "visitor-1", event: "Signed Up", timestamp, messageId: "n4" });
client.page({ userId: "ada", category: "Docs", name: "Home", properties: { path: "/docs" }, timestamp, messageId: "n5" });
client.screen({ userId: "ada", name: "Inbox", timestamp, messageId: "n6" });
client.alias({ userId: "ada", previousId: "visitor-1", timestamp, messageId: "n7" });
client.track({ userId: "ada", event: "Stamped", messageId: "n8" });
// A flush sends one batch; the next may begin when it is done.
for (let nr = 0; nr < 5; nr++) {
  await client.flush();
  await new Promise((done) => setTimeout(done, 100));
}
process.exit();
