// Drives the unmodified SDK as a customer's server would: node drive_cloudevents.mjs HOST WRITE_KEY
import cloudevents from "cloudevents";

const { CloudEvent, Mode, emitterFor, httpTransport } = cloudevents;
const [host, writeKey] = process.argv.slice(2);
const send = httpTransport(`${host}/in/cloudevents`);
const options = { headers: { authorization: `Bearer ${writeKey}` } };
const data = { rows: 12, name: "Größe 📈", nested: { list: [1, 2.5, null, "é"] } };
for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
  const event = new CloudEvent({
    id: mode,
    source: "/product",
    type: "com.acme.report.exported",
    time: "2026-01-05T09:00:00.250Z",
    userid: "ada",
    companyid: "acme",
    data,
  });
  const answer = await emitterFor(send, { mode })(event, options);
  console.log(answer.body);
}
