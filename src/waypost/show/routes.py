"""Every address of the workspace, in one list."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from waypost.intervene import UNSUBSCRIBE_PATH
from waypost.show.members import Listing, members_csv, members_page, save_segment
from waypost.show.pages import (
    account,
    account_usage,
    accounts,
    catalogue,
    catalogue_draft,
    catalogue_members,
    catalogue_requests,
    connect,
    connect_log,
    connect_query,
    coverage,
    coverage_once,
    funnel,
    gallery,
    import_upload,
    imports,
    interventions,
    journey_editor,
    journey_map,
    journey_map_times,
    journey_times_who,
    journey_trial_who,
    journey_who,
    journeys,
    matter,
    matter_who,
    measure_items,
    measures,
    odds,
    paths,
    people,
    person,
    person_usage,
    refused,
    retention,
    segments,
    segments_builder,
    sensing,
    settings,
    sign_in,
    source,
    source_runs,
    source_schema,
    sources,
    start,
    today,
    trace,
    unsubscribe,
)
from waypost.show.receiving import received
from waypost.show.visit import House, Visit, acts, shows

FOR_EVER = "public, max-age=31536000, immutable"
GET, POST = ["GET"], ["POST"]


def routes(*, development: bool) -> list[BaseRoute]:
    """Return the routes; `development` adds the component gallery."""
    found: list[BaseRoute] = [
        Route("/static/{digest}/{name}", static),
        *_door(),
        *_today(),
        *_accounts(),
        *_people(),
        *_cohorts(),
        *_segments(),
        *_measures(),
        *_catalogue(),
        *_machinery(),
        *_connect(),
        *_settings(),
    ]
    if development:
        found.append(Route("/gallery", shows(gallery.gallery)))
    return found


def _door() -> list[BaseRoute]:
    return [
        Route("/sign-in", shows(sign_in.sign_in, to_all=True), methods=GET),
        Route("/sign-in", acts(sign_in.begin, to_all=True), methods=POST),
        Route("/sign-out", acts(sign_in.end), methods=POST),
        Route("/invitations/{token}", shows(sign_in.invitation, to_all=True), methods=GET),
        Route(f"{UNSUBSCRIBE_PATH}{{token}}", shows(unsubscribe.ask, to_all=True), methods=GET),
        Route(f"{UNSUBSCRIBE_PATH}{{token}}", unsubscribe.leave, methods=POST),
        Route("/invitations/{token}", acts(sign_in.accept, to_all=True), methods=POST),
    ]


def _today() -> list[BaseRoute]:
    return [
        Route("/", shows(today.today), methods=GET),
        Route("/touches/{touch}/done", acts(today.done), methods=POST),
        Route("/touches/{touch}/snoozes", shows(today.snooze_form), methods=GET),
        Route("/touches/{touch}/snoozes", acts(today.snooze), methods=POST),
        Route("/touches/{touch}/skips", shows(today.skip_form), methods=GET),
        Route("/touches/{touch}/skips", acts(today.skip), methods=POST),
        Route("/touches/{touch}/undo", acts(today.undo), methods=POST),
    ]


def _accounts() -> list[BaseRoute]:
    return [
        Route("/accounts", shows(accounts.accounts), methods=GET),
        Route("/accounts.csv", shows(accounts.accounts_csv), methods=GET),
        Route("/accounts/{account}", shows(account.account), methods=GET),
        Route("/accounts/{account}/usage", shows(account_usage.usage), methods=GET),
        Route("/accounts/{account}/usage.csv", shows(account_usage.usage_csv), methods=GET),
        Route("/accounts/{account}/usage/sessions", shows(account_usage.sessions), methods=GET),
        Route("/accounts/{account}/usage/weeks", shows(account_usage.weeks), methods=GET),
        Route("/accounts/{account}/usage/weeks.csv", shows(account_usage.weeks_csv), methods=GET),
        Route("/accounts/{account}/notes", acts(account.add_note), methods=POST),
        Route("/accounts/{account}/people.csv", shows(people.people_csv), methods=GET),
        Route("/accounts/{account}/events", shows(trace.events), methods=GET),
        Route("/accounts/{account}/reasons/{letter}", shows(trace.reason), methods=GET),
        Route("/notes/{note}/undo", acts(account.undo_note), methods=POST),
    ]


def _members(page: str, listing: Callable[[Visit], Listing], *, base: str = "") -> list[BaseRoute]:
    """Return the addresses of the members of a count: the list, the list as a file, and to save it as a segment."""
    base = base or page
    return [
        Route(page, shows(lambda visit: members_page(visit, listing(visit))), methods=GET),
        Route(f"{base}/members.csv", shows(lambda visit: members_csv(visit, listing(visit))), methods=GET),
        Route(f"{base}/segments", acts(lambda visit: save_segment(visit, listing(visit))), methods=POST),
    ]


def _people() -> list[BaseRoute]:
    return [
        Route("/people", shows(people.people), methods=GET),
        Route("/people.csv", shows(people.everybody_csv), methods=GET),
        Route("/people/{person}", shows(person.person), methods=GET),
        Route("/people/{person}/usage", shows(person_usage.usage), methods=GET),
        Route("/people/{person}/usage/weeks.csv", shows(person_usage.weeks_csv), methods=GET),
        Route("/people/{person}/events.csv", shows(person.events_csv), methods=GET),
        Route("/journeys", shows(journeys.journeys), methods=GET),
        Route("/journeys/matter", shows(matter.matter), methods=GET),
        *_members("/journeys/matter/who", matter_who.listing),
        Route("/journeys/matter.csv", shows(matter.matter_csv), methods=GET),
        Route("/journeys/new", shows(journey_editor.new), methods=GET),
        Route("/journeys", acts(journey_editor.begin), methods=POST),
        Route("/journeys.csv", shows(journeys.journeys_csv), methods=GET),
        Route("/journeys/{journey}", shows(journey_map.journey_map), methods=GET),
        Route("/journeys/{journey}/map.csv", shows(journey_map.journey_map_csv), methods=GET),
        *_members("/journeys/{journey}/times/who", journey_times_who.listing),
        *_members("/journeys/{journey}/who", journey_who.listing),
        Route("/journeys/{journey}/times", shows(journey_map_times.times), methods=GET),
        Route("/journeys/{journey}/times.csv", shows(journey_map_times.times_csv), methods=GET),
        Route("/journeys/{journey}/edit", shows(journey_editor.edit), methods=GET),
        Route("/journeys/{journey}/draft", acts(journey_editor.save), methods=POST),
        Route("/journeys/{journey}/draft/removal", acts(journey_editor.discard), methods=POST),
        Route("/journeys/{journey}/versions", acts(journey_editor.publish), methods=POST),
        Route("/journeys/{journey}/withdrawal", acts(journey_editor.withdraw), methods=POST),
        *_members("/journeys/{journey}/back-test/who", journey_trial_who.listing),
        Route("/journeys/{journey}/back-test.csv", shows(journey_editor.backtest_csv), methods=GET),
        Route("/journeys/{journey}/odds", shows(odds.odds), methods=GET),
        Route("/journeys/{journey}/odds.csv", shows(odds.odds_csv), methods=GET),
        Route("/journeys/{journey}/sensing", shows(sensing.sensing), methods=GET),
        Route("/journeys/{journey}/sensing.csv", shows(sensing.sensing_csv), methods=GET),
        Route("/find", shows(people.find), methods=GET),
    ]


def _measures() -> list[BaseRoute]:
    return [
        Route("/measures", shows(measures.measures), methods=GET),
        Route("/measures.csv", shows(measures.measures_csv), methods=GET),
        Route("/measures/{measure}", shows(measures.measure), methods=GET),
        Route("/measures/{measure}/items", shows(measure_items.items), methods=GET),
        Route("/measures/{measure}/items.csv", shows(measure_items.items_csv), methods=GET),
        Route("/measures/{measure}/items.json", shows(measure_items.items_json), methods=GET),
    ]


def _segments() -> list[BaseRoute]:
    return [
        Route("/segments", shows(segments.segments), methods=GET),
        Route("/segments", acts(segments_builder.save), methods=POST),
        Route("/segments.csv", shows(segments.segments_csv), methods=GET),
        Route("/segments/new", shows(segments_builder.new), methods=GET),
        Route("/segments/{segment}", shows(segments.segment), methods=GET),
        Route("/segments/{segment}/edit", shows(segments_builder.edit), methods=GET),
        Route("/segments/{segment}/members.csv", shows(segments.members_csv), methods=GET),
        Route("/segments/{segment}/retirement", acts(segments.retire), methods=POST),
    ]


def _cohorts() -> list[BaseRoute]:
    return [
        Route("/retention", shows(retention.retention), methods=GET),
        Route("/retention.csv", shows(retention.retention_csv), methods=GET),
        *_members("/retention/members", retention.listing, base="/retention"),
        Route("/funnel", shows(funnel.funnel), methods=GET),
        Route("/funnel.csv", shows(funnel.funnel_csv), methods=GET),
        *_members("/funnel/members", funnel.listing, base="/funnel"),
        Route("/paths", shows(paths.paths), methods=GET),
        Route("/paths.csv", shows(paths.paths_csv), methods=GET),
        *_members("/paths/members", paths.listing, base="/paths"),
    ]


def _catalogue() -> list[BaseRoute]:
    return [
        Route("/catalogue", shows(catalogue.catalogue), methods=GET),
        Route("/catalogue.csv", shows(catalogue.catalogue_csv), methods=GET),
        Route("/catalogue/features/{feature}", shows(catalogue_members.feature), methods=GET),
        Route("/catalogue/once", acts(coverage_once.put), methods=POST),
        Route("/catalogue/features/{feature}/aside", shows(coverage_once.aside), methods=GET),
        Route("/catalogue/features/{feature}/aside.csv", shows(coverage_once.aside_csv), methods=GET),
        Route("/catalogue/features/{feature}/users.csv", shows(catalogue_members.feature_csv), methods=GET),
        Route("/catalogue/settings/{setting}", shows(catalogue_members.setting), methods=GET),
        Route(
            "/catalogue/settings/{setting}/accounts.csv", shows(catalogue_members.setting_csv), methods=GET
        ),
        Route("/catalogue/coverage", shows(coverage.page), methods=GET),
        Route("/catalogue/coverage.csv", shows(coverage.page_csv), methods=GET),
        Route("/catalogue/agreement.csv", shows(coverage.agreement_csv), methods=GET),
        Route("/catalogue/events", shows(catalogue_members.events), methods=GET),
        Route("/catalogue/events.csv", shows(catalogue_members.events_csv), methods=GET),
        Route("/catalogue/requests", shows(catalogue_requests.requests), methods=GET),
        Route("/catalogue/requests", acts(catalogue_requests.take), methods=POST),
        Route("/catalogue/additions", shows(catalogue_draft.addition), methods=GET),
        Route("/catalogue/additions", acts(catalogue_draft.add), methods=POST),
        Route("/catalogue/additions/counts", acts(catalogue_draft.count), methods=POST),
        Route("/catalogue/draft", shows(catalogue_draft.draft), methods=GET),
        Route("/catalogue/draft", acts(catalogue_draft.write), methods=POST),
        Route("/catalogue/draft/foreseen", shows(catalogue_draft.foreseen), methods=GET),
        Route("/catalogue/draft/removal", acts(catalogue_draft.discard), methods=POST),
        Route("/catalogue/publications", acts(catalogue_draft.publish, owner=True), methods=POST),
    ]


def _machinery() -> list[BaseRoute]:
    return [
        Route("/interventions", shows(interventions.interventions), methods=GET),
        Route("/interventions/{play}", shows(interventions.play), methods=GET),
        Route("/sources", shows(sources.page), methods=GET),
        # Before any address of one source.
        Route("/sources/refused", shows(refused.page), methods=GET),
        Route("/sources/refused", acts(refused.send, owner=True), methods=POST),
        *_imports(),
        Route("/sources/{source}", shows(source.page), methods=GET),
        Route("/sources/{source}/live", shows(source.live), methods=GET),
        Route("/sources/{source}/pauses", acts(sources.pause), methods=POST),
        Route("/sources/{source}/pauses/end", acts(sources.resume), methods=POST),
        Route("/sources/{source}/unmatched", shows(source.unmatched), methods=GET),
        Route("/sources/{source}/events", shows(source_schema.event), methods=GET),
        Route("/sources/{source}/runs", shows(source_runs.runs), methods=GET),
        Route("/sources/{source}/runs", acts(source_runs.ask, owner=True), methods=POST),
        Route("/keys", acts(sources.create_key, owner=True), methods=POST),
        Route("/keys/revocations", acts(sources.revoke_key, owner=True), methods=POST),
        Route("/start", shows(start.start), methods=GET),
        Route("/start/waiting", shows(start.waiting), methods=GET),
        Route("/sample/removal", shows(start.removal), methods=GET),
        Route("/sample/removal", acts(start.remove_sample, owner=True), methods=POST),
    ]


def _imports() -> list[BaseRoute]:
    uploads = f"{imports.HOME}/uploads"
    return [
        Route(imports.HOME, shows(imports.page), methods=GET),
        Route(imports.HOME, acts(import_upload.confirm, owner=True), methods=POST),
        Route(uploads, acts(imports.receive, owner=True, read=received), methods=POST),
        Route(f"{uploads}/{{upload}}", shows(import_upload.mapping), methods=GET),
        Route(f"{uploads}/{{upload}}/dry-run", shows(import_upload.dry_run), methods=GET),
        Route(f"{uploads}/{{upload}}/dry-run", acts(import_upload.say, owner=True), methods=POST),
        Route(f"{uploads}/{{upload}}/removal", acts(import_upload.discard, owner=True), methods=POST),
        Route(f"{imports.HOME}/{{number}}", shows(imports.one), methods=GET),
        Route(f"{imports.HOME}/{{number}}/undo", acts(imports.undo, owner=True), methods=POST),
    ]


def _connect() -> list[BaseRoute]:
    return [
        Route("/connect", shows(connect.kinds), methods=GET),
        Route("/connect/file", shows(connect.file), methods=GET),
        Route("/connect/query", shows(connect_query.page), methods=GET),
        Route("/connect/query/tests", acts(connect_query.test, owner=True), methods=POST),
        Route("/connect/query/previews", acts(connect_query.preview, owner=True), methods=POST),
        Route("/connect/query/sources", acts(connect_query.save, owner=True), methods=POST),
        Route("/connect/log", shows(connect_log.page), methods=GET),
        Route("/connect/log/previews", acts(connect_log.preview, owner=True), methods=POST),
        Route("/connect/log/sources", acts(connect_log.follow, owner=True), methods=POST),
        Route("/connect/{way}", shows(connect.keyed), methods=GET),
        Route("/connect/{way}/keys", acts(connect.make, owner=True), methods=POST),
    ]


def _settings() -> list[BaseRoute]:
    return [
        Route("/settings", shows(settings.page), methods=GET),
        Route("/look", acts(settings.look), methods=POST),
        Route("/sessions/{handle}/end", acts(settings.end_session), methods=POST),
        Route("/invitations", acts(settings.invite, owner=True), methods=POST),
        Route("/members/{member}/removal", acts(settings.remove, owner=True), methods=POST),
    ]


async def static(request: Request) -> Response:
    """Send a static file; an address with another digest is of another version and gets the same file, unkept."""
    house: House = request.app.state.house
    asset = house.assets.by_name.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404, "there is no such file")
    kept = FOR_EVER if request.path_params["digest"] == house.assets.digest else "no-store"
    return Response(asset.content, media_type=asset.media_type, headers={"cache-control": kept})
