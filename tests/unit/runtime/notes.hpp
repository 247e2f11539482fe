// A small service of notes, for the tests of lib/runtime: its tables, its handlers over a store in
// a folder of its own, and calls in process.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "auth/token.hpp"
#include "contract/engines.hpp"
#include "http/wire.hpp"
#include "runtime/service.hpp"

namespace shop::runtime::test {

using namespace std::chrono_literals;
using store::test::TempFolder;

inline const std::string kNote = R"({"text":"hello"})";

// Whether it becomes true within 20 s.
inline bool appears(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(10ms);
    return condition();
}

struct Note {
    std::string id;  // read-only
    std::string text;
    std::int64_t stars = 0;
};
struct NoteQuery {
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
    std::optional<std::string> text;
};

}  // namespace shop::runtime::test

namespace shop::schema {

template <>
inline const StructType& type_of<runtime::test::Note>() {
    using T = runtime::test::Note;
    static const StructType type{
        "Note",
        "Something noted.",
        {field<&T::id>("id", "Its id.", ReadOnly{}),
         field<&T::text>("text", "What it says.", Required{}, Length{1, 20}),
         field<&T::stars>("stars", "How good it is.", Range{0, 5})}};
    return type;
}

template <>
inline const StructType& type_of<runtime::test::NoteQuery>() {
    using T = runtime::test::NoteQuery;
    static const StructType type{
        "NoteQuery",
        "Which notes.",
        {field<&T::limit>("limit", "At most.", Range{1, 200}),
         field<&T::cursor>("cursor", "Where to go on."), field<&T::text>("text", "What it says.")}};
    return type;
}

}  // namespace shop::schema

namespace shop::runtime::test {

inline const api::ServiceTable& notes_table() {
    using api::Idempotency;
    using api::Style;
    const auto* note = &schema::type_of<Note>();
    const auto* query = &schema::type_of<NoteQuery>();
    const auto post = [&](std::string id, std::string path, std::string_view scope,
                          Idempotency idempotency) {
        return api::Endpoint{.id = std::move(id),
                             .method = "POST",
                             .path = std::move(path),
                             .summary = "Make a note",
                             .scope = scope,
                             .request = note,
                             .response = note,
                             .status = 201,
                             .idempotency = idempotency};
    };
    const auto get = [&](std::string id, std::string path, std::string_view scope) {
        return api::Endpoint{.id = std::move(id),
                             .method = "GET",
                             .path = std::move(path),
                             .summary = "Read",
                             .scope = scope};
    };
    static const api::ServiceTable table = [&] {
        auto list = get("note_list", "/v1/notes", "");
        list.query = query;
        auto change = post("note_change", "/v1/notes/{id}", "signed_in", Idempotency::none);
        change.method = "PATCH", change.status = 200, change.if_match = change.patch = true;
        auto form = post("note_form", "/form", "signed_in", Idempotency::none);
        auto form_open = get("note_form_open", "/form", "");
        form.style = form_open.style = Style::course;
        auto guarded_probe = get("guarded_probe", "/guarded", "audit:read");
        guarded_probe.style = Style::probe;
        return api::make_table(
            "noted", "Notes", 0,
            {list, get("note_get", "/v1/notes/{id}", ""), change, guarded_probe,
             post("note_create", "/v1/notes", "products:write", Idempotency::required),
             post("note_suggest", "/v1/suggestions", "", Idempotency::optional),
             get("whoami", "/v1/whoami", ""), get("locked", "/v1/locked", "no:such:right"),
             get("broken", "/v1/broken", "")},
            {form, form_open});
    }();
    return table;
}

// A store whose reads fail on demand, as those of a broken disk do, or whose disk is almost full.
class FailingStore : public store::Store {
public:
    explicit FailingStore(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}
    Result<void> read(const store::ReadFn& fn) const override {
        if (fails) return fail(Code::unavailable, "the disk is gone");
        return inner_->read(fn);
    }
    Result<void> write(const store::WriteFn& fn) override {
        if (writes_fail) return fail(Code::unavailable, "the disk is gone");
        return inner_->write(fn);
    }
    store::Stats stats() const override {
        auto stats = inner_->stats();
        if (almost_full) stats.bytes_max = stats.bytes_used + 1;
        return stats;
    }
    std::atomic<bool> fails{false};
    std::atomic<bool> writes_fail{false};
    std::atomic<bool> almost_full{false};

private:
    std::unique_ptr<store::Store> inner_;
};

// What a handler does besides; a test sets what it needs before it calls.
struct Hooks {
    std::function<void()> in_broken = [] { throw std::runtime_error("the secret of the house"); };
    std::function<void()> before_create = [] {};
    std::function<Result<void>()> in_create = [] { return Result<void>{}; };
    std::function<void(const Call&)> in_whoami = [](const Call&) {};
};

// The service itself over the store in `folder`.
class NoteService {
public:
    NoteService(const std::filesystem::path& folder, auth::Verifier& verifier, const Clock& clock,
                Metrics& metrics, bool course_api, bool bind_all = true)
        : store_(store::test::open_or_throw({.folder = folder, .tables = layout_.tables()})),
          service_({notes_table(), "1.2.3", "abc", store_, layout_, folder, journal_, verifier,
                    clock, metrics, course_api, folder.parent_path() / "keys"}) {
        service_.bind("note_create", [this](Call& call) {
            hooks.before_create();
            return create(call);
        });
        service_.bind("note_suggest", [this](Call& call) { return create(call); });
        service_.bind("note_form", [this](Call& call) { return create(call); });
        service_.bind("note_list", [this](Call& call) { return list(call); });
        service_.bind("note_get", [this](Call& call) { return get(call); });
        service_.bind("note_change", [this](Call& call) { return change(call); });
        service_.bind("guarded_probe", [](Call&) { return Result<Reply>(Reply::bytes("{}")); });
        service_.bind("locked", [](Call&) { return Result<Reply>(Reply::bytes("{}")); });
        service_.bind("note_form_open", [](Call& call) { return whoami(call); });
        service_.bind("whoami", [this](Call& call) {
            hooks.in_whoami(call);
            return whoami(call);
        });
        if (!bind_all) return;
        service_.bind("broken", [this](Call&) -> Result<Reply> {
            hooks.in_broken();
            return Reply::bytes("{}");
        });
    }

    Service& service() { return service_; }
    FailingStore& store() { return store_; }
    const events::Journal& journal() const { return journal_; }
    std::uint64_t note_count() {
        std::uint64_t count = 0;
        REQUIRE(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
            count = snapshot.count(notes_);
            return {};
        }));
        return count;
    }

    Hooks hooks;

private:
    Result<Reply> create(Call& call) {
        SHOP_TRY(note, call.body<Note>());
        return call.commit([&](events::Change& change) -> Result<Reply> {
            SHOP_CHECK(hooks.in_create());
            note.id = "n" + std::to_string(change.tx().count(notes_) + 1);
            change.tx().put(notes_, note.id, schema::encode_text(note));
            change.emit("note.created", note.id, schema::encode(note));
            return Reply::json(note).etag(1).location("/v1/notes/" + note.id);
        });
    }
    Result<Reply> get(Call& call) {
        return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
            const auto note = snapshot.get(notes_, call.param("id"));
            if (!note) return fail(Code::not_found, "There is no such note.");
            return Reply::bytes(*note).etag(1);
        });
    }
    Result<Reply> list(Call& call) {
        SHOP_TRY(query, call.query<NoteQuery>());
        return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
            std::vector<std::string> items;
            std::string last;
            snapshot.scan(notes_, {.from = query.cursor.value_or("")},
                          [&](std::string_view key, std::string_view value) {
                              last = key;
                              if (std::ssize(items) == query.limit) return false;
                              items.emplace_back(value);
                              return true;
                          });
            const bool more = snapshot.count(notes_) > items.size();
            return page_reply(call, items, more ? last : "");
        });
    }
    Result<Reply> change(Call& call) {
        SHOP_TRY(version, call.if_match());
        return Reply::bytes(dump(Json{{"version", version}}));
    }
    static Result<Reply> whoami(Call& call) {
        return Reply::bytes(dump(Json{{"user_id", call.principal().user_id}}));
    }

    store::Layout layout_;
    events::Journal journal_{layout_};
    store::Table notes_ = layout_.table("notes");
    FailingStore store_;
    Service service_;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

// Parses the request as the front would, and hands it over.
inline http::Response call(Service& service, const std::string& method, const std::string& target,
                           const Fields& fields = {}, const std::string& body = "",
                           const std::string& address = "127.0.0.1") {
    http::Request wanted;
    wanted.method = method, wanted.target = target, wanted.body = body;
    for (const auto& [name, value] : fields) wanted.headers.add(name, value);
    const std::string text = http::write_request(wanted, "test");
    http::Request request;
    const auto head = http::read_request_head(text, request);
    // Thrown, since Catch's macros are for one thread.
    if (head.progress != http::Progress::complete) throw std::runtime_error(head.reason);
    request.body = text.substr(head.head.bytes);
    request.peer.address = address;
    return service.handle(request);
}

inline std::string field_of(const http::Response& response, std::string_view name) {
    return std::string(response.headers.get(name).value_or(""));
}
inline Json json_of(const http::Response& response) {
    INFO(response.body);
    const auto json = parse_json(response.body);
    REQUIRE(json);
    return *json;
}
// "not_found" of a problem document.
inline std::string problem_of(const http::Response& response) {
    const std::string type = json_of(response).value("type", "");
    return type.substr(type.rfind('/') + 1);
}

inline std::string user_id(const std::string& role) {
    return "usr_" + std::string(32, role == "customer" ? '1' : role == "staff" ? '2' : '3');
}

// Keys, tokens and a clock around one NoteService.
struct Notes {
    explicit Notes(bool course_api = false) : course(course_api) {
        REQUIRE(auth::ensure_keys(folder.path() / "keys", "userd"));
        signer = auth::Signer::open(folder.path() / "keys", "userd", clock).value();
        verifier = auth::Verifier::open(folder.path() / "keys", clock);
        open();
    }
    // Closes the store and opens it again.
    void open() {
        notes.reset();
        notes = std::make_unique<NoteService>(folder.path() / "store", *verifier, clock, metrics,
                                              course);
        REQUIRE(notes->service().seal());
    }
    auth::Principal principal(const std::string& role) const {
        return {user_id(role), 7, role, role, "ses_1", clock.now() + 10min};
    }
    std::string bearer(const std::string& role) const {
        return "Bearer " + signer->sign(principal(role)).value();
    }
    http::Response send(const std::string& method, const std::string& target,
                        const Fields& fields = {}, const std::string& body = "") {
        return call(notes->service(), method, target, fields, body);
    }
    // A note made by staff under an idempotency key.
    http::Response create(const std::string& key, const std::string& body,
                          const std::string& role = "staff") {
        return send("POST", "/v1/notes",
                    {{"authorization", bearer(role)},
                     {"content-type", "application/json"},
                     {"idempotency-key", key}},
                    body);
    }

    TempFolder folder;
    bool course;
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    Metrics metrics{"1.2.3", "abc"};
    std::unique_ptr<auth::Signer> signer;
    std::unique_ptr<auth::Verifier> verifier;
    std::unique_ptr<NoteService> notes;
};

}  // namespace shop::runtime::test
