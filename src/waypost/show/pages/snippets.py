"""A first event, ready to copy: for each protocol that the collector speaks, in the languages of its SDKs."""

from collections.abc import Mapping

import msgspec

KEY = "YOUR_WRITE_KEY"


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """How to send a first event from one language; ADDRESS stands for the collector's in what is kept here."""

    key: str
    name: str
    code: str


class Protocol(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol, what to say of it, and a first event in its languages."""

    name: str
    says: str
    snippets: tuple[Snippet, ...]

    def at(self, collector: str) -> list[Snippet]:
        """Return its snippets with the collector's address in them."""
        address = collector.rstrip("/")
        return [
            Snippet(key=each.key, name=each.name, code=each.code.replace("ADDRESS", address))
            for each in self.snippets
        ]


def protocol(name: str, **codes: str) -> Protocol:
    """Return a protocol whose libraries need another host only, with a first event by language."""
    return Protocol(
        name=name,
        says=f"The libraries of {name} work as they are; only their address and key change.",
        snippets=tuple(Snippet(key=key, name=_NAMES[key], code=code) for key, code in codes.items()),
    )


_NAMES = {"curl": "curl", "python": "Python", "node": "Node.js", "browser": "Browser", "logs": "Log file"}

PROTOCOLS: Mapping[str, Protocol] = {
    "segment": protocol(
        "Segment",
        curl=f"""curl ADDRESS/v1/track -u {KEY}: \\
  -H 'content-type: application/json' \\
  -d '{{"userId": "ada", "event": "Signed In", "context": {{"groupId": "acme"}}}}'""",
        python=f"""import segment.analytics as analytics

analytics.write_key = "{KEY}"
analytics.host = "ADDRESS"
analytics.track("ada", "Signed In", context={{"groupId": "acme"}})
analytics.flush()""",
        node=f"""import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{ writeKey: "{KEY}", host: "ADDRESS" }});
analytics.track({{ userId: "ada", event: "Signed In", context: {{ groupId: "acme" }} }});
await analytics.closeAndFlush();""",
        browser=f"""import {{ AnalyticsBrowser }} from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({{ writeKey: "{KEY}", cdnURL: "ADDRESS" }});
analytics.identify("ada");
analytics.track("Signed In", {{}}, {{ context: {{ groupId: "acme" }} }});""",
        logs="waypost import access.log --format apache-combined --source web",
    ),
    "posthog": protocol(
        "PostHog",
        python=f"""from posthog import Posthog

posthog = Posthog("{KEY}", host="ADDRESS/in/posthog")
posthog.capture("Signed In", distinct_id="ada", groups={{"company": "acme"}})
posthog.shutdown()""",
        node=f"""import {{ PostHog }} from "posthog-node";

const posthog = new PostHog("{KEY}", {{ host: "ADDRESS/in/posthog" }});
posthog.capture({{ distinctId: "ada", event: "Signed In", groups: {{ company: "acme" }} }});
await posthog.shutdown();""",
        browser=f"""import posthog from "posthog-js";

posthog.init("{KEY}", {{ api_host: "ADDRESS/in/posthog" }});
posthog.identify("ada");
posthog.group("company", "acme");
posthog.capture("Signed In");""",
    ),
    "amplitude": protocol(
        "Amplitude",
        python=f"""from amplitude import Amplitude, BaseEvent

client = Amplitude("{KEY}")
client.configuration.server_url = "ADDRESS/in/amplitude/2/httpapi"
client.track(BaseEvent("Signed In", user_id="ada", groups={{"company": "acme"}}))
client.shutdown()""",
        node=f"""import {{ init, track, flush }} from "@amplitude/analytics-node";

await init("{KEY}", {{ serverUrl: "ADDRESS/in/amplitude/2/httpapi" }}).promise;
track("Signed In", {{}}, {{ user_id: "ada", groups: {{ company: "acme" }} }});
await flush().promise;""",
        browser=f"""import * as amplitude from "@amplitude/analytics-browser";

amplitude.init("{KEY}", "ada", {{
  serverUrl: "ADDRESS/in/amplitude/2/httpapi", fetchRemoteConfig: false,
}});
amplitude.setGroup("company", "acme");
amplitude.track("Signed In");""",
    ),
    "mixpanel": protocol(
        "Mixpanel",
        python=f"""from mixpanel import Consumer, Mixpanel

at = "ADDRESS/in/mixpanel"
consumer = Consumer(f"{{at}}/track", f"{{at}}/engage", f"{{at}}/import", groups_url=f"{{at}}/groups")
Mixpanel("{KEY}", consumer=consumer).track("ada", "Signed In", {{"company": "acme"}})""",
        node=f"""import Mixpanel from "mixpanel";

const {{ hostname: host, port }} = new URL("ADDRESS");
const mixpanel = Mixpanel.init("{KEY}", {{ host, port, protocol: "http", path: "/in/mixpanel" }});
mixpanel.track("Signed In", {{ distinct_id: "ada", company: "acme" }});""",
        browser=f"""import mixpanel from "mixpanel-browser";

mixpanel.init("{KEY}", {{ api_host: "ADDRESS/in/mixpanel" }});
mixpanel.identify("ada");
mixpanel.set_group("company", "acme");
mixpanel.track("Signed In");""",
    ),
    "snowplow": protocol(
        "Snowplow",
        python=f"""from snowplow_tracker import Emitter, StructuredEvent, Subject, Tracker

emitter = Emitter("ADDRESS/in/snowplow/{KEY}")
tracker = Tracker("product", emitters=[emitter], subject=Subject().set_user_id("ada"))
tracker.track(StructuredEvent("Account", "signed in"))
tracker.flush()""",
        browser=f"""import {{ newTracker, setUserId, trackStructEvent }} from "@snowplow/browser-tracker";

newTracker("sp", "ADDRESS/in/snowplow/{KEY}", {{ appId: "product" }});
setUserId("ada");
trackStructEvent({{ category: "Account", action: "signed in" }});""",
    ),
    "kissmetrics": protocol(
        "KISSmetrics",
        curl=f"""curl "ADDRESS/in/kissmetrics/e?_k={KEY}&_p=ada&_n=Signed+In&company=acme\"""",
        python=f"""from urllib.parse import urlsplit

from KISSmetrics import Client

at = urlsplit("ADDRESS/in/kissmetrics")
client = Client("{KEY}", trk_host=at.netloc + at.path, trk_scheme=at.scheme)
client.record("ada", "Signed In", {{"company": "acme"}})""",
    ),
    "customerio": protocol(
        "Customer.io track API",
        curl=f"""curl ADDRESS/in/customerio/api/v1/customers/ada/events -u site:{KEY} \\
  -H 'content-type: application/json' \\
  -d '{{"name": "Signed In", "data": {{"company": "acme"}}}}'""",
    ),
    "tapstream": protocol(
        "Tapstream",
        curl=f"""curl ADDRESS/in/tapstream/app/event/signed-in/ \\
  -d secret={KEY} -d uuid=device-1 -d custom-user_id=ada -d custom-company=acme""",
    ),
    "rudder": protocol(
        "RudderStack",
        python=f"""from rudderstack.analytics.client import Client

rudder = Client("{KEY}", host="ADDRESS/in/rudder")
rudder.track("ada", "Signed In", context={{"groupId": "acme"}})
rudder.shutdown()""",
        node=f"""import Analytics from "@rudderstack/rudder-sdk-node";

const rudder = new Analytics("{KEY}", {{ dataPlaneUrl: "ADDRESS/in/rudder" }});
rudder.track({{ userId: "ada", event: "Signed In", context: {{ groupId: "acme" }} }});
await rudder.flush();""",
        browser=f"""import {{ RudderAnalytics }} from "@rudderstack/analytics-js";

const rudder = new RudderAnalytics();
rudder.load("{KEY}", "ADDRESS/in/rudder", {{ configUrl: "ADDRESS/in/rudder" }});
rudder.identify("ada");
rudder.group("acme");
rudder.track("Signed In");""",
    ),
    "cio": protocol(
        "Customer.io pipelines",
        node=f"""import {{ Analytics }} from "@customerio/cdp-analytics-node";

const analytics = new Analytics({{ writeKey: "{KEY}", host: "ADDRESS", path: "/in/cio/v1/batch" }});
analytics.track({{ userId: "ada", event: "Signed In", context: {{ groupId: "acme" }} }});
await analytics.closeAndFlush();""",
        browser=f"""import {{ AnalyticsBrowser }} from "@customerio/cdp-analytics-browser";

const analytics = AnalyticsBrowser.load({{ writeKey: "{KEY}", cdnURL: "ADDRESS/in/cio" }});
analytics.identify("ada");
analytics.track("Signed In", {{}}, {{ context: {{ groupId: "acme" }} }});""",
    ),
    "cloudevents": protocol(
        "CloudEvents",
        curl=f"""curl ADDRESS/in/cloudevents -H 'authorization: Bearer {KEY}' \\
  -H 'content-type: application/cloudevents+json' \\
  -d '{{"specversion": "1.0", "id": "1", "source": "/product", "type": "signed.in",
       "userid": "ada", "companyid": "acme"}}'""",
        node=f"""import {{ CloudEvent, emitterFor, httpTransport }} from "cloudevents";

const emit = emitterFor(httpTransport("ADDRESS/in/cloudevents"));
const who = {{ userid: "ada", companyid: "acme" }};
const event = new CloudEvent({{ source: "/product", type: "signed.in", data: {{}}, ...who }});
await emit(event, {{ headers: {{ authorization: "Bearer {KEY}" }} }});""",
    ),
    "otlp": protocol(
        "OpenTelemetry",
        python=f"""from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

headers = {{"Authorization": "Bearer {KEY}"}}
exporter = OTLPLogExporter("ADDRESS/in/otlp/v1/logs", headers=headers)
provider = LoggerProvider()
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
said = {{"user.id": "ada", "account.id": "acme"}}
provider.get_logger("product").emit(LogRecord(event_name="signed.in", attributes=said))
provider.shutdown()""",
    ),
}
