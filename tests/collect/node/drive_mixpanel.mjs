// Drives the unmodified SDK as a customer's server would: node drive_mixpanel.mjs HOST PORT TOKEN
import Mixpanel from "mixpanel";

const [host, port, token] = process.argv.slice(2);
const client = Mixpanel.init(token, { host, port, protocol: "http", path: "/in/mixpanel", key: token });
const said = (call) =>
  new Promise((resolve) =>
    call((error) => {
      const errors = [error].flat().filter(Boolean);
      errors.forEach((each) => console.error(each));
      if (errors.length) process.exitCode = 1;
      resolve();
    }),
  );

const time = new Date("2026-01-05T09:00:00.250Z");
const at = { time, distinct_id: "ada" };
const nested = { rows: 12, name: "Größe 📈", filters: [{ by: "day" }] };
await said((done) => client.track("Report Exported", { ...at, $insert_id: "n1", company: "acme", ...nested }, done));
await said((done) =>
  client.track_batch([{ event: "Signed In", properties: { ...at, $insert_id: "n2", note: ">>>???" } }], done),
);
await said((done) => client.import("Plan Bought", time, { distinct_id: "ada", $insert_id: "n3" }, done));
await said((done) =>
  client.import_batch([{ event: "Plan Renewed", properties: { ...at, $insert_id: "n4" } }], done),
);
await said((done) => client.alias("ada", "ada@acme.example", done));
await said((done) => client.people.set("ada", { $email: "ada@acme.example", plan: "pro" }, done));
await said((done) => client.people.set_once("ada", { first: "x" }, done));
await said((done) => client.people.increment("ada", "logins", 2, done));
await said((done) => client.people.append("ada", "seen", "a", done));
await said((done) => client.people.union("ada", { seen: ["a", "b"] }, done));
await said((done) => client.people.remove("ada", { seen: "a" }, done));
await said((done) => client.people.unset("ada", "plan", done));
await said((done) => client.people.track_charge("ada", 19.5, {}, done));
await said((done) => client.people.delete_user("ben", done));
await said((done) => client.groups.set("company", "acme", { $name: "Acme", seats: 40 }, done));
await said((done) => client.groups.union("company", "acme", { apps: ["a"] }, done));
process.exit();
