
#include "all.hpp"
#include "http/client.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

Json row(const std::string& service, const std::string& url, const std::string& status,
         const std::string& check, const std::string& detail) {
    return {{"service", service},
            {"status", status},
            {"check", check},
            {"detail", detail},
            {"url", url}};
}

// One row for the service and one for each of its checks that fails. Whether it takes requests.
Result<bool> ask(Shell& shell, const api::ServiceTable& service, Json& rows) {
    SHOP_TRY(url, shell.url_of(service));
    SHOP_TRY(http, http::Client::make(url, {}));
    http::Request request;
    request.method = "GET";
    request.target = "/readyz?verbose=1";
    const auto answer = http->send(request, true);
    if (!answer) {
        rows.push_back(row(service.name, url, "down", "connection", answer.error().message));
        return false;
    }
    const auto health = parse_json(answer->body);
    if (!health || !health->is_object()) {
        rows.push_back(
            row(service.name, url, "down", "answer", "This is not a service of the shop."));
        return false;
    }
    rows.push_back(row(service.name, url, health->value("status", ""), "", ""));
    for (const Json& check : health->value("checks", Json::array()))
        if (!check.value("ok", false))
            rows.push_back(
                row(service.name, url, "", check.value("name", ""), check.value("detail", "")));
    return answer->status == 200;
}

}  // namespace

Command health() {
    return {"health", "Show how the services are", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    Json rows = Json::array();
                    bool all = true;
                    for (const auto* service : api::all_daemons()) {
                        SHOP_TRY(url, shell.url_of(*service));
                        if (url.empty()) continue;  // a shop without pages
                        SHOP_TRY(ready, ask(shell, *service, rows));
                        all = all && ready;
                    }
                    SHOP_CHECK(shell.print(rows, health_view()));
                    return all ? kExitDone : kExitUnavailable;
                };
            }};
}

}  // namespace shop::cli
