// Drives the unmodified SDK as a customer's server would: node drive_amplitude.mjs HOST WRITE_KEY
import { Identify, createInstance } from "@amplitude/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const client = createInstance();
await client.init(writeKey, { serverUrl: `${host}/in/amplitude/2/httpapi`, flushIntervalMillis: 100, logLevel: 1 }).promise;

const time = 1767603600250;
const ada = { user_id: "ada", time };
const sent = [
  client.identify(new Identify().set("email", "ada@acme.example"), { ...ada, device_id: "d1", insert_id: "i1" }),
  client.groupIdentify("company", "acme", new Identify().set("seats", 40), { ...ada, insert_id: "i2" }),
  client.track(
    "Report Exported",
    { rows: 12, name: "Größe 📈", nested: { list: [1, 2.5, "é"] } },
    { ...ada, device_id: "d1", insert_id: "i3", groups: { company: "acme" } },
  ),
  client.track("Signed Up", {}, { device_id: "d2", time, insert_id: "i4" }),
  client.setGroup("company", "beta", { ...ada, insert_id: "i5" }),
];
await client.flush().promise;
for (const { code, message } of await Promise.all(sent.map((each) => each.promise))) {
  if (code !== 200) {
    console.error(code, message);
    process.exitCode = 1;
  }
}
