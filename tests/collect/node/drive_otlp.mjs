// Drives the unmodified SDK as a customer's server would: node drive_otlp.mjs HOST WRITE_KEY json|proto
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";

const [host, writeKey, written] = process.argv.slice(2);
const packages = { json: "@opentelemetry/exporter-logs-otlp-http", proto: "@opentelemetry/exporter-logs-otlp-proto" };
const { OTLPLogExporter } = await import(packages[written]);
const exporter = new OTLPLogExporter({
  url: `${host}/in/otlp/v1/logs`,
  headers: { authorization: `Bearer ${writeKey}` },
  compression: "gzip",
});
const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
const logger = provider.getLogger("reports");
const timestamp = new Date("2026-01-05T09:00:00.250Z");
logger.emit({
  eventName: "report.exported",
  timestamp,
  attributes: { "user.id": "ada", "account.id": "acme", rows: 12, name: "Größe 📈", list: ["a", "é"] },
  body: { step: 2, nested: { share: 0.5 } },
});
logger.emit({ body: "a plain line of a log", timestamp });
await provider.shutdown();
