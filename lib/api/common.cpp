#include "api/common.hpp"

#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<PageQuery>() {
    static const StructType type{"PageQuery", "Which page of a list.", with_paging<PageQuery>({})};
    return type;
}

template <>
const StructType& type_of<Event>() {
    static const StructType type{
        "Event",
        "Something that happened in a service, written in the transaction of the change itself.",
        {
            field<&Event::seq>("seq", "Position in the service's feed; without holes.", ReadOnly{}),
            field<&Event::id>("id", "The event's id.", ReadOnly{}),
            field<&Event::type>("type", "What happened.", ReadOnly{},
                                Example{"\"product.updated\""}),
            field<&Event::time>("time", "When.", ReadOnly{}),
            field<&Event::subject>("subject", "Id of what changed.", ReadOnly{}),
            field<&Event::actor>("actor", "Id of who changed it; empty: the service itself.",
                                 ReadOnly{}),
            field<&Event::data>("data", "The document after the change.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<EventPage>() {
    static const StructType type{
        "EventPage",
        "Events in the order in which they were committed.",
        {
            field<&EventPage::items>("items", "The events after the asked-for position.",
                                     ReadOnly{}),
            field<&EventPage::last>("last", "The newest position there is.", ReadOnly{}),
            field<&EventPage::next>("next",
                                    "How far was read: give it as `after` to go on, also where no "
                                    "event was of the types.",
                                    ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<EventQuery>() {
    static const StructType type{
        "EventQuery",
        "From where to read the feed.",
        {
            field<&EventQuery::after>("after", "Read events after this position.",
                                      Range{0, std::numeric_limits<std::int64_t>::max()}),
            field<&EventQuery::limit>("limit", "Events at most.",
                                      Range{1, std::int64_t{limits::kPageItemsMax}}),
            field<&EventQuery::wait>(
                "wait", "Seconds to wait for an event where there is none yet.",
                Range{0, std::chrono::seconds(limits::kEventsWaitMax).count()}),
            field<&EventQuery::types>("types", "Only events of these types, with commas between.",
                                      Length{1, 500}, Example{"\"session.ended\""}),
            field<&EventQuery::since>("since", "Only events that are not older."),
        }};
    return type;
}

template <>
const StructType& type_of<HealthCheck>() {
    static const StructType type{
        "HealthCheck",
        "One thing that the service needs.",
        {
            field<&HealthCheck::name>("name", "What was checked.", ReadOnly{}),
            field<&HealthCheck::ok>("ok", "Whether it works.", ReadOnly{}),
            field<&HealthCheck::vital>("vital", "Whether the service can't work without it.",
                                       ReadOnly{}),
            field<&HealthCheck::detail>("detail", "What is wrong.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<Health>() {
    static const StructType type{
        "Health",
        "How the service is.",
        {
            field<&Health::service>("service", "Its name.", ReadOnly{}),
            field<&Health::status>("status",
                                   "ok; degraded: something not vital is down; "
                                   "unavailable: send no requests.",
                                   ReadOnly{}, OneOf{{"ok", "degraded", "unavailable"}}),
            field<&Health::checks>("checks", "One by one, where asked for.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<HealthQuery>() {
    static const StructType type{
        "HealthQuery",
        "How much to tell.",
        {field<&HealthQuery::verbose>("verbose", "List each check.", Length{0, 10})}};
    return type;
}

template <>
const StructType& type_of<Version>() {
    static const StructType type{
        "Version",
        "What runs.",
        {
            field<&Version::service>("service", "The service's name.", ReadOnly{}),
            field<&Version::version>("version", "Of the release.", ReadOnly{}),
            field<&Version::commit>("commit", "Of the source.", ReadOnly{}),
            field<&Version::store_format>("store_format", "Number of the on-disk format.",
                                          ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<Empty>() {
    static const StructType type{"Empty", "No fields.", {}};
    return type;
}

}  // namespace shop::schema
