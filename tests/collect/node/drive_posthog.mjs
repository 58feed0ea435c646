// Drives the unmodified SDK as a customer's server would: node drive_posthog.mjs HOST WRITE_KEY
import { PostHog } from "posthog-node";

const [host, writeKey] = process.argv.slice(2);
const client = new PostHog(writeKey, { host: `${host}/in/posthog`, flushAt: 2 });
client.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});

const timestamp = new Date("2026-01-05T09:00:00.250Z");
const uuid = (number) => `00000000-0000-0000-0000-${String(number).padStart(12, "0")}`;
client.capture({ distinctId: "ada", event: "$set", properties: { $set: { email: "ada@acme.example" } }, timestamp, uuid: uuid(1) });
client.capture({
  distinctId: "ada",
  event: "Report Exported",
  properties: { rows: 12, name: "Größe 📈", nested: { list: [1, 2.5, null, "é"] } },
  groups: { company: "acme" },
  timestamp,
  uuid: uuid(2),
});
client.capture({ distinctId: "ada", event: "$create_alias", properties: { alias: "ada-old" }, timestamp, uuid: uuid(3) });
client.capture({ distinctId: "ada", event: "$identify", properties: { $set: { email: "ada@acme.example" } }, timestamp, uuid: uuid(4) });
client.groupIdentify({ groupType: "company", groupKey: "acme", properties: { seats: 40 } });
const flags = await client.getAllFlags("ada");
await client.shutdown();
console.log(JSON.stringify({ flags }));
