// Drives the unmodified SDK as a customer's server would: node drive_customerio.mjs PORT API_KEY
import { TrackClient } from "customerio-node";

const [port, apiKey] = process.argv.slice(2);
const client = new TrackClient("site-1", apiKey, { url: "https://127.0.0.1/in/customerio/api/v1", port });
const timestamp = 1767603600;
await client.identify("u-bøb/7", { email: "bob@acme.example", company: "acme" });
await client.track("ada", { name: "Report Exported", data: { rows: 12, name: "Größe 📈" }, timestamp, id: "n1" });
await client.trackAnonymous("visitor-1", { name: "Signed Up", timestamp });
await client.trackPageView("ada", "/docs");
await client.addDevice("ada", "d1", "ios", { last_used: timestamp });
await client.deleteDevice("ada", "d1");
await client.mergeCustomers("id", "ada", "email", "ada@acme.example");
await client.suppress("ada");
await client.destroy("ben");
