// Drives the unmodified tracker as a customer's server would: node drive_snowplow.mjs HOST WRITE_KEY METHOD
import snowplow from "@snowplow/node-tracker";

const { newTracker, buildPageView, buildStructEvent, buildSelfDescribingEvent } = snowplow;
const [host, writeKey, eventMethod] = process.argv.slice(2);
const { protocol, hostname, port } = new URL(host);
const tracker = newTracker(
  { namespace: "waypost", appId: "shop" },
  {
    endpoint: `${hostname}:${port}/in/snowplow/${writeKey}`,
    protocol: protocol.slice(0, -1),
    eventMethod,
    bufferSize: 1,
    onRequestFailure: (failure) => {
      console.error(failure);
      process.exitCode = 1;
    },
  },
);
tracker.setUserId("ada");
tracker.setDomainUserId("d1");

const timestamp = { type: "ttm", value: 1767603600250 };
tracker.track(buildPageView({ pageUrl: "https://x.example/docs", pageTitle: "Docs" }), [], timestamp);
tracker.track(buildStructEvent({ category: "Reports", action: "export", value: 3 }), [], timestamp);
const exported = { rows: 12, name: "Größe 📈", nested: { list: [1, 2.5, null, "é"] } };
tracker.track(
  buildSelfDescribingEvent({ event: { schema: "iglu:com.acme/report_exported/jsonschema/1-0-0", data: exported } }),
  [{ schema: "iglu:com.acme/company/jsonschema/1-0-0", data: { id: "acme" } }],
  timestamp,
);
tracker.flush();
